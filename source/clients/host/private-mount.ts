import {type ChildProcess, spawn} from 'node:child_process';
import {type FileHandle, mkdir} from 'node:fs/promises';
import {dirname} from 'node:path';
import {Failure} from '../../errors.ts';
import type {Mount} from '../../model/snapshot.ts';
import type {Bind, HostSignal} from './types.ts';
import {walkTo, withRoot} from './walk.ts';

type MountOptions = HostSignal & {readonly readOnly?: boolean; readonly binds?: readonly Bind[]};

/**
Where the mounts go inside the private namespace: a directory that every Linux has, that nothing needs there, and that need not be made nor removed.
*/
const target = '/sys';

/** The kernel takes one page of options. */
const mostOptionBytes = 3500;

/**
Mount what a snapshot is made of where nobody sees it, and give out a path to it.

The mounts live in a mount namespace of their own, which a `cat` holds that ends when our end of its pipe closes: so they go however we
end, a SIGKILL included, and there is nothing to undo. From here they are reached through `/proc/<pid of cat>/root`.
*/
export const withMounts = async <T>(
	mounts: readonly Mount[],
	use: (root: string) => Promise<T>,
	{signal, readOnly = false, binds = []}: MountOptions = {},
): Promise<T> => {
	if (mounts.length === 0) throw new Failure('unsupported', 'the snapshotter says nothing that could be mounted');
	const holder = spawn('unshare', ['--mount', '--propagation', 'private', '--', 'cat'], {stdio: ['pipe', 'pipe', 'pipe']});
	const ended = new Promise<void>((resolve) => {
		holder.once('close', () => resolve());
		// One that never started never closes.
		holder.once('error', () => resolve());
	});
	try {
		const pid = await ready(holder);
		for (const mount of readOnly ? mounts.map(withoutWriting) : mounts) await mountIn(pid, mount, signal);
		const root = `/proc/${pid}/root${target}`;
		for (const bind of binds) await bindIn(pid, root, bind, signal);
		return await use(root);
	} finally {
		holder.stdin?.end();
		await ended;
	}
};

/**
Where a container's volume goes, walked to: in the files of the container the way there may be a link. A directory that is missing is made, as the
runtime will when the container starts.
*/
const bindIn = async (pid: number, root: string, {source, destination, readOnly}: Bind, signal: AbortSignal | undefined): Promise<void> => {
	const place = await withRoot(root, (directory) => directoryAt(directory, destination));
	if (place === undefined) return;
	await mountIn(pid, {type: 'none', source, target: place, options: readOnly ? ['rbind', 'ro'] : ['rbind']}, signal);
};

/** The path without links of a directory, made when it is not there; undefined when something else is in its place, or a link that leads nowhere. */
const directoryAt = async (root: FileHandle, path: string, isRetry = false): Promise<string | undefined> => {
	const found = await walkTo(root, path, async (place) => {
		if (place.file !== undefined) return {path: (await place.file.stat()).isDirectory() ? place.path : undefined};
		await mkdir(`/proc/self/fd/${place.directory.fd}/${place.name}`, {mode: 0o755});
		return {path: place.path};
	});
	if (found !== undefined) return found.path;
	// Its parent is missing, or it is a link to nowhere.
	return isRetry || (await directoryAt(root, dirname(path))) === undefined ? undefined : directoryAt(root, path, true);
};

/** `cat` gives back a byte: by then `unshare` has become it, in its namespace. */
const ready = (holder: ChildProcess): Promise<number> =>
	new Promise((resolve, reject) => {
		let said = '';
		holder.once('error', (cause) => reject(new Failure('unsupported', 'the unshare command did not start', {cause, hint: 'install util-linux'})));
		holder.stderr?.on('data', (chunk: Buffer) => {
			said += chunk.toString();
		});
		holder.once('close', () => reject(new Failure('denied', `no mount namespace could be made: ${said.trim() || 'unshare failed'}`, {hint: 'run as root'})));
		holder.stdout?.once('data', () => resolve(holder.pid as number));
		holder.stdin?.on('error', () => undefined);
		holder.stdin?.write('.');
	});

/** The words of this script never change; what it works on comes as arguments. A directory of our own namespace, as nsenter's `--wd` gives, is not one that overlay takes. */
const inDirectory = ['sh', '-c', 'cd -- "$1" && shift && exec "$@"', 'sh'];

/**
The newer system calls take at most 256 bytes of an option, and an overlay of four layers has more: util-linux 2.41 fails with them (seen on Debian 13
with Linux 6.18), unless told to use mount(2). Older ones do not read this.
*/
const byMount2 = {LIBMOUNT_FORCE_MOUNT2: 'always'};

const mountIn = async (pid: number, mount: Mount, signal: AbortSignal | undefined): Promise<void> => {
	const {options, directory} = shortened(mount.options);
	const result = await (await import('execa')).execa(
		'nsenter',
		['-t', String(pid), '--mount', '--', ...(directory === undefined ? [] : [...inDirectory, directory]), 'mount', '-t', mount.type, ...(options.length === 0 ? [] : ['-o', options.join(',')]), '--', mount.source, target + mount.target],
		{reject: false, stdin: 'ignore', env: byMount2, ...(signal === undefined ? {} : {cancelSignal: signal})},
	);
	signal?.throwIfAborted();
	if (result.failed) throw new Failure('internal', `the snapshot could not be mounted: ${result.stderr.trim().split('\n')[0] ?? ''}`);
};

/** An overlay's upper directory is a lower one like the others for who only reads; anything else is mounted `ro`. */
const withoutWriting = (mount: Mount): Mount => {
	if (mount.type !== 'overlay') return {...mount, options: [...mount.options.filter((option) => option !== 'rw'), 'ro']};
	const value = (name: string): string | undefined => mount.options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
	const upper = value('upperdir');
	if (upper === undefined) return mount;
	const others = mount.options.filter((option) => !/^(upperdir|workdir|lowerdir)=/.test(option));
	return {...mount, options: [...others, `lowerdir=${[upper, value('lowerdir')].join(':')}`]};
};

/** An image of a hundred layers says more than fits in a page: the paths are made relative to what they have in common. */
const shortened = (options: readonly string[]): {readonly options: readonly string[]; readonly directory: string | undefined} => {
	if (options.join(',').length < mostOptionBytes) return {options, directory: undefined};
	const isPath = (option: string): boolean => /^(upperdir|workdir|lowerdir)=/.test(option);
	const paths = options.filter(isPath).flatMap((option) => option.slice(option.indexOf('=') + 1).split(':'));
	let common = dirname(paths[0] ?? '/');
	while (common !== '/' && !paths.every((path) => path.startsWith(`${common}/`))) common = dirname(common);
	if (common === '/') return {options, directory: undefined};
	const relative = (option: string): string => {
		const [name = '', value = ''] = [option.slice(0, option.indexOf('=')), option.slice(option.indexOf('=') + 1)];
		return `${name}=${value
			.split(':')
			.map((path) => path.slice(common.length + 1))
			.join(':')}`;
	};
	return {options: options.map((option) => (isPath(option) ? relative(option) : option)), directory: common};
};
