import {expect} from 'vitest';
import type {Ended} from './bench.ts';

/** What it printed; what it said on the way is shown when it failed. */
export const succeeded = ({stdout, stderr, exitCode}: Ended): string => {
	expect(exitCode, stderr).toBe(0);
	return stdout;
};
