import {describe, it} from 'vitest';
import {type ContainerdVersion, findContainerd} from '../../scripts/lab/containerd.ts';
import {describeContract} from './describe-contract.ts';
import {startReal} from './subjects.ts';

/** Where the daemon can't be had or run, the suite says so instead of passing in silence. */
export const describeReal = (version: ContainerdVersion): void => {
	const reason =
		process.getuid?.() === 0 ? (findContainerd(version) === undefined ? `there is no containerd ${version} on this machine` : undefined) : 'starting a containerd needs root';
	if (reason === undefined) describeContract(`containerd ${version}`, startReal(version), true);
	else describe(`the contract on containerd ${version}`, () => it.skip(`did not run: ${reason}`, () => {}));
};
