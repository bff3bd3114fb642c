import {Failure} from '../../../source/errors.ts';
import type {ContainerRecord, Task} from '../../../source/model/container.ts';
import type {Clock} from '../../../source/services/containers/index.ts';

export const ref = {namespace: 'ns', id: 'c'.repeat(64)};

export const recordWith = (changes: Partial<ContainerRecord> & {readonly process?: object} = {}): ContainerRecord => {
	const {process = {terminal: false, args: ['sh'], cwd: '/srv', env: ['PATH=/opt/bin:relative:/bin', 'A=1']}, ...rest} = changes;
	return {
		...ref,
		image: 'docker.io/lab/x:1',
		labels: {},
		runtime: 'io.containerd.runc.v2',
		snapshotter: 'overlayfs',
		snapshotKey: ref.id,
		sandboxId: '',
		createdAt: 1,
		updatedAt: 1,
		task: undefined,
		spec: {typeUrl: 'types.containerd.io/opencontainers/runtime-spec/1/Spec', value: Buffer.from(JSON.stringify({process}))},
		runtimeOptions: undefined,
		extensions: {},
		...rest,
	};
};

export const taskWith = (changes: Partial<Task> = {}): Task => ({
	containerId: ref.id,
	pid: 100,
	status: 'running',
	exitStatus: 0,
	exitedAt: undefined,
	stdin: '',
	stdout: '',
	stderr: '',
	terminal: false,
	...changes,
});

export const notFound = (): Failure => new Failure('not-found', 'no such thing');

/** Time that passes only when somebody sleeps. */
export const fakeClock = (): Clock & {readonly slept: number[]} => {
	let now = 0;
	const slept: number[] = [];
	return {
		slept,
		now: () => now,
		sleep: async (ms, signal) => {
			signal?.throwIfAborted();
			slept.push(ms);
			now += ms;
			// What is ready now was ready before the time was up.
			await new Promise(resolve => void setImmediate(resolve));
			signal?.throwIfAborted();
		},
	};
};

/** Runs a promise to its failure, which it must have. */
export const failureOf = async (work: Promise<unknown>): Promise<Error> => {
	try {
		await work;
	} catch (error) {
		return error as Error;
	}
	throw new Error('It should have failed');
};
