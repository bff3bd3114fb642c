import {afterAll, beforeAll} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainer, type LabRun, runContainer} from '../../scripts/lab/container.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {gantry, openPty, type Pty, type PtyOptions} from './pty.ts';

export type Bench = {
	readonly lab: LabContainerd;
	readonly containerd: Containerd;
	run(name: string, script: string, more?: Partial<LabRun>): Promise<LabContainer>;
	/** The dashboard on this containerd. */
	open(options?: PtyOptions, args?: readonly string[]): Pty;
};

/** Ends at once when it is told to, and does nothing else. */
export const idle = "trap 'exit 0' TERM; while :; do sleep 0.2; done";

/** A real containerd for the tests of one file. */
export const useBench = (): Bench => {
	let lab: LabContainerd | undefined;
	let containerd: Containerd | undefined;
	const image = busyboxImage('registry.test/terminal/busybox:1');
	const ready = (): {readonly lab: LabContainerd; readonly containerd: Containerd} => {
		if (lab === undefined || containerd === undefined) throw new Error('The bench is used before it stands');
		return {lab, containerd};
	};
	beforeAll(async () => {
		lab = await startContainerd({version: '1.6'});
		containerd = createContainerd({address: lab.address});
		await importImage(containerd, 'default', image);
	});
	afterAll(async () => {
		containerd?.close();
		await lab?.stop();
	});
	return {
		get lab() {
			return ready().lab;
		},
		get containerd() {
			return ready().containerd;
		},
		run: async (name, script, more = {}) => runContainer(ready(), {image, name, commandLine: ['/bin/sh', '-c', script], ...more}),
		open: (options, args = []) => {
			const {address, dataRoot} = ready().lab;
			return openPty(gantry, ['--address', address, '--data-root', dataRoot, '--namespace', 'default', ...args], options);
		},
	};
};
