import {readFileSync} from 'node:fs';
import {basename, join} from 'node:path';

/**
Whether the container's first process has come and gone.

The shim keeps the writing end of our pipes open until the task is deleted, so the end of a container is not the end of its streams.
runc writes `init.pid` into the bundle, which is the shim's working directory and so ours; in a pod the directory is the sandbox's and the
bundle its sibling. Asking the daemon instead would need a gRPC client in every logger.
*/
export const watchInitProcess = (bundle: string, id: string): (() => boolean) => {
	const file = join(basename(bundle) === id ? bundle : join(bundle, '..', id), 'init.pid');
	let pid: number | undefined;

	const find = (): number | undefined => {
		try {
			const found = Number(readFileSync(file, 'utf8'));
			return found > 0 ? found : undefined;
		} catch {
			return undefined;
		}
	};

	return () => {
		pid ??= find();
		if (pid === undefined) return false;
		try {
			process.kill(pid, 0);
			return false;
		} catch (error) {
			return (error as NodeJS.ErrnoException).code === 'ESRCH';
		}
	};
};
