import type {ContainerRoot, Host} from '../../clients/host/types.ts';
import {Failure, failing} from '../../errors.ts';
import {containerKey, type ContainerRef} from '../../model/container.ts';
import type {Uses} from './dependencies.ts';
import {readProcess} from './spec.ts';
import type {Progress} from './types.ts';

/** Best first. */
const shells = ['bash', 'zsh', 'ash', 'sh'];

/** Where a shell is when the container's PATH does not say. */
const usualPath = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin'];

export type FindShellDependencies = Uses<{containers: 'get'; tasks: 'find'}> & {readonly host: Pick<Host, 'withContainerRoot'>};

/** One answer per container and first process: a new start may have another file system. */
export type ShellCache = Map<string, {readonly pid: number; readonly shell: Promise<string | undefined>}>;

export const findShell = async (
	dependencies: FindShellDependencies,
	cache: ShellCache,
	ref: ContainerRef,
	options: Progress = {},
): Promise<string | undefined> => {
	const {containerd, host} = dependencies;
	const key = containerKey(ref);
	try {
		const task = await containerd.tasks.find(ref, options);
		if (task?.status !== 'running')
			throw new Failure('conflict', task?.status === 'paused' ? 'it is paused' : 'it is not running', {
				hint: 'only a running container can be entered',
			});
		const known = cache.get(key);
		if (known?.pid === task.pid) return await known.shell;
		const shell = look(dependencies, host, ref, task.pid);
		cache.set(key, {pid: task.pid, shell});
		return await shell;
	} catch (error) {
		cache.delete(key);
		throw failing(`look for a shell in ${ref.id}`, error);
	}
};

const look = async (
	{containerd}: FindShellDependencies,
	host: FindShellDependencies['host'],
	ref: ContainerRef,
	pid: number,
): Promise<string | undefined> => {
	const env = readProcess(await containerd.containers.get(ref))?.env ?? [];
	const path =
		env
			.find(item => item.startsWith('PATH='))
			?.slice('PATH='.length)
			.split(':') ?? [];
	const directories = [...new Set([...path.filter(directory => directory.startsWith('/')), ...usualPath])];
	return host.withContainerRoot(pid, root => firstExecutable(root, directories));
};

const firstExecutable = async (root: ContainerRoot, directories: readonly string[]): Promise<string | undefined> => {
	for (const shell of shells) {
		for (const directory of directories) {
			const path = `${directory.replace(/\/+$/, '')}/${shell}`;
			if (await root.isExecutable(path)) return path;
		}
	}
	return undefined;
};
