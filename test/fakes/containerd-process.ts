import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import type {FakeOptions} from './containerd.ts';

export type FakeProcessOptions = FakeOptions & {
	/** How many containers the namespace `default` holds; four of five are running. */
	readonly containers?: number;
	readonly specBytes?: number;
	/** As a daemon without `Containers.ListStream`. */
	readonly withoutListStream?: boolean;
};

/** A fake containerd in a process of its own, for measurements and for programs that run as a process too. */
export const startFakeProcess = async (options: FakeProcessOptions = {}): Promise<{readonly address: string; stop(): Promise<void>}> => {
	const main = fileURLToPath(new URL('containerd-main.ts', import.meta.url));
	const child = spawn(process.execPath, [main, JSON.stringify(options)], {stdio: ['pipe', 'pipe', 'inherit']});
	const exited = once(child, 'exit');
	const address = await Promise.race([
		once(createInterface(child.stdout), 'line').then(([line]) => String(line)),
		exited.then(([code]) => {
			throw new Error(`the fake containerd ended with ${code}`);
		}),
	]);
	return {
		address,
		stop: async () => {
			child.stdin.end();
			await exited;
		},
	};
};
