import type {Exit} from '../../clients/containerd/types.ts';
import type {Fifos} from '../../clients/host/types.ts';
import type {ContainerRef} from '../../model/container.ts';
import {failing} from '../../errors.ts';
import type {Uses} from './dependencies.ts';
import {orGone} from './end-task.ts';
import type {ExecSession} from './types.ts';

export type SessionDependencies = Uses<{tasks: 'wait' | 'kill' | 'resizePty' | 'closeStdin' | 'deleteProcess'}>;

const deleteTimeoutMs = 30_000;

/** Closing must not hang on a daemon that is gone. */
const closePatienceMs = 5000;

type Started = ExecSession & {
	/** The process runs: from now on the end of stdin can be passed on. */
	started(): void;
};

export const createSession = ({containerd}: SessionDependencies, ref: ContainerRef, execId: string, fifos: Fifos): Started => {
	const {tasks} = containerd;
	const waiting = new AbortController();
	const exited = tasks.wait(ref, {execId, signal: waiting.signal});
	exited.catch(() => undefined);
	const {promise: start, resolve: started} = Promise.withResolvers<void>();
	// The shim holds a writer of its own, so the process sees the end of its input only when the shim is told; and only a started process can be told.
	fifos.stdin?.once('finish', () => void start.then(() => tasks.closeStdin(ref, {execId})).catch(() => undefined));
	let ending: Promise<Exit> | undefined;
	let over = false;
	const end = async (): Promise<Exit> => {
		try {
			const exit = await exited;
			// All is read before the exec is deleted: the shim gives a pipe that is still full a few seconds, then closes it.
			const end = await fifos.finish();
			const deletion = orGone(tasks.deleteProcess(ref, execId, {timeoutMs: deleteTimeoutMs}), exit);
			// While a child holds a pipe open the shim takes its time (2 s before containerd 2, then 10 s): nobody needs to watch that.
			if (end === 'silent') deletion.catch(() => undefined);
			else await deletion;
			await fifos.release();
			over = true;
			return exit;
		} catch (error) {
			await fifos.close();
			throw failing(`follow the process in ${ref.id}`, error);
		}
	};
	return {
		execId,
		stdin: fifos.stdin,
		stdout: fifos.stdout,
		stderr: fifos.stderr,
		started,
		resize: async ({columns, rows}) => {
			await orGone(tasks.resizePty(ref, {width: columns, height: rows}, {execId}), undefined);
		},
		kill: async signal => {
			await orGone(tasks.kill(ref, signal, {execId}), undefined);
		},
		wait: () => (ending ??= end()),
		close: async () => {
			if (over) return fifos.close();
			const patience = {timeoutMs: closePatienceMs};
			try {
				await tasks.kill(ref, 9, {execId, ...patience});
				await tasks.wait(ref, {execId, signal: AbortSignal.timeout(closePatienceMs)});
			} catch {
				// It has ended, or the daemon has: either way there is no more to end.
			}
			waiting.abort();
			await fifos.close();
			await tasks.deleteProcess(ref, execId, patience).catch(() => undefined);
		},
	};
};
