import {describe, it} from 'vitest';
import {type ContainerdVersion, findContainerd} from '../../scripts/lab/containerd.ts';
import {describeContract} from './describe-contract.ts';
import {startReal} from './subjects.ts';

/** Why the daemon can't be had or run here, if so. */
export const whyNotReal = (version: ContainerdVersion): string | undefined => {
	if (process.getuid?.() !== 0) return 'starting a containerd needs root';
	return findContainerd(version) === undefined ? `there is no containerd ${version} on this machine` : undefined;
};

/** Where the daemon can't be had or run, the suite says so instead of passing in silence. */
export const describeReal = (version: ContainerdVersion): void => {
	const reason = whyNotReal(version);
	if (reason === undefined) describeContract(`containerd ${version}`, startReal(version), true);
	else describe(`the contract on containerd ${version}`, () => it.skip(`did not run: ${reason}`, () => {}));
};
