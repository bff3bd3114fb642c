import {Failure} from '../errors.ts';
import type {Platform} from './image.ts';

const architectures: Readonly<Record<string, string>> = {
	x64: 'amd64',
	x86_64: 'amd64',
	'x86-64': 'amd64',
	ia32: '386',
	i386: '386',
	i686: '386',
	aarch64: 'arm64',
	armhf: 'arm',
	armel: 'arm',
	mips64el: 'mips64le',
};

/** The one variant that everybody means by the bare architecture: containerd's `platforms.Normalize`. */
const usualVariants: Readonly<Record<string, string>> = {arm64: 'v8', arm: 'v7', amd64: 'v1'};

const word = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

export const normalizePlatform = ({os, architecture, variant, osVersion}: Platform): Platform => {
	const known = architectures[architecture.toLowerCase()] ?? architecture.toLowerCase();
	const given = variant?.toLowerCase().replace(/^(\d)$/, 'v$1') ?? (architecture === 'armel' ? 'v6' : undefined);
	const isUsual = given === usualVariants[known] && known !== 'arm';
	const said = isUsual ? undefined : (given ?? (known === 'arm' ? 'v7' : undefined));
	return {
		os: os.toLowerCase() === 'macos' ? 'darwin' : os.toLowerCase(),
		architecture: known,
		...(said === undefined || said === '' ? {} : {variant: said}),
		...(osVersion === undefined ? {} : {osVersion}),
	};
};

/** `linux/arm64`, `arm/v7`, `amd64`, `linux/arm/v6`: what people write after `--platform`. `linux` alone is this machine's architecture. */
export const parsePlatform = (text: string): Platform => {
	const parts = text.split('/');
	if (parts.length > 3 || !parts.every(part => word.test(part)))
		throw new Failure('invalid', `${JSON.stringify(text)} is not a platform`, {hint: 'write it as linux/arm64 or linux/arm/v7'});
	const [first = '', second, third] = parts;
	const isOs = /^(?:linux|windows|darwin|macos|freebsd|netbsd|openbsd|solaris|aix|plan9|wasip1|js|wasi)$/i.test(first);
	const [os, architecture, variant] = isOs ? [first, second ?? process.arch, third] : ['linux', first, second];
	return normalizePlatform({os, architecture, ...(variant === undefined ? {} : {variant})});
};

export const formatPlatform = ({os, architecture, variant}: Platform): string =>
	`${os}/${architecture}${variant === undefined || variant === '' ? '' : `/${variant}`}`;

/** `architecture` as Node's `process.arch` has it. Containers on this machine are Linux ones. */
export const machinePlatform = (architecture: string): Platform => normalizePlatform({os: 'linux', architecture});

/** How well an image's platform serves a wish: 0 is exactly, more is worse, undefined is not at all. A 64-bit Arm runs older Arm code, and a v7 runs v6. */
export const fitness = (wanted: Platform, offered: Platform): number | undefined => {
	const [wish, offer] = [normalizePlatform(wanted), normalizePlatform(offered)];
	if (wish.os !== offer.os) return undefined;
	if (wish.architecture === offer.architecture) {
		if (wish.variant === offer.variant) return 0;
		const [most, has] = [wish, offer].map(({architecture, variant}) => Number((variant ?? usualVariants[architecture] ?? 'v0').slice(1)));
		return most !== undefined && has !== undefined && has < most ? most - has : undefined;
	}
	if (wish.architecture === 'amd64' && offer.architecture === '386') return 20;
	if (wish.architecture === 'arm64' && offer.architecture === 'arm') return 20 - Number((offer.variant ?? 'v7').slice(1));
	return undefined;
};

/** The place of the best offer for each wish, in the order of the wishes and without repeats; undefined where nothing serves one. */
export const choosePlatforms = (
	wanted: readonly Platform[],
	offered: ReadonlyArray<Platform | undefined>,
): ReadonlyArray<number | undefined> =>
	wanted.map(wish => {
		let best: {readonly at: number; readonly fit: number} | undefined;
		for (const [at, offer] of offered.entries()) {
			const fit = offer === undefined ? undefined : fitness(wish, offer);
			if (fit !== undefined && (best === undefined || fit < best.fit)) best = {at, fit};
		}
		return best?.at;
	});
