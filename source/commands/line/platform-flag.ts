import {arch} from 'node:process';
import type {Platform} from '../../model/image.ts';
import {machinePlatform, parsePlatform} from '../../model/platform.ts';
import type {FlagTable} from './flag-types.ts';

export const platformFlags = {
	platform: {
		type: 'string',
		isMultiple: true,
		splitsAtComma: true,
		placeholder: 'OS/ARCH',
		help: 'Only these platforms instead of the machine’s',
	},
	allPlatforms: {type: 'boolean', help: 'All platforms of the image'},
} as const satisfies FlagTable;

/** What is said, else what this machine runs. */
export const wantedPlatforms = ({
	platform,
	allPlatforms,
}: {
	readonly platform: readonly string[];
	readonly allPlatforms: boolean;
}): readonly Platform[] | 'all' => (allPlatforms ? 'all' : platform.length === 0 ? [machinePlatform(arch)] : platform.map(parsePlatform));
