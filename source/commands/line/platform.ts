import {arch} from 'node:process';
import {recordOf, textOf} from '../../model/docker-spec.ts';
import type {PlatformImage} from '../../services/images/index.ts';

const architectures: Readonly<Record<string, string>> = {x64: 'amd64', ia32: '386'};

/** The machine's architecture as Go calls it. */
export const machineArchitecture = (): string => architectures[arch] ?? arch;

const isReadable = ({configJson}: PlatformImage): boolean => configJson !== undefined && configJson !== null;

/** `linux/arm64`, `arm64` or `linux/arm/v7` against what a config says. */
const isPlatform = ({configJson}: PlatformImage, wanted: string): boolean => {
	const config = recordOf(configJson);
	const [os, architecture, variant] = wanted.includes('/') ? wanted.split('/') : ['linux', wanted];
	return (
		textOf(config['os']) === os &&
		textOf(config['architecture']) === architecture &&
		(variant === undefined || textOf(config['variant']) === variant)
	);
};

/** The one that would run here, else any whose config is at hand. */
export const hostPlatform = (platforms: readonly PlatformImage[]): PlatformImage | undefined => {
	const readable = platforms.filter(isReadable);
	return readable.find(platform => isPlatform(platform, machineArchitecture())) ?? readable[0];
};

export const findPlatform = (platforms: readonly PlatformImage[], wanted: string): PlatformImage | undefined =>
	platforms.filter(isReadable).find(platform => isPlatform(platform, wanted));

/** The sum over the snapshots of its layers; zero while it is not unpacked, as nerdctl has it. */
export const unpackedBytes = ({history}: PlatformImage): number => history.reduce((sum, entry) => sum + (entry.unpackedBytes ?? 0), 0);
