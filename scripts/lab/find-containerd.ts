import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

export type ContainerdVersion = '1.6' | '1.7' | '2.1';

export const containerdVersions: readonly ContainerdVersion[] = ['1.6', '1.7', '2.1'];

export type ContainerdBinary = {
	readonly path: string;
	/** As it prints it, such as `1.6.20~ds1`. */
	readonly version: string;
	readonly major: number;
	readonly minor: number;
};

/** Where `npm test` keeps what it fetched: one folder per version. */
export const toolsFolder = fileURLToPath(new URL('../../.tools/', import.meta.url));

export const fetchedFolder = (version: ContainerdVersion): string => join(toolsFolder, `containerd-${version}`);

const inspected = new Map<string, ContainerdBinary>();

const inspect = (path: string): ContainerdBinary | undefined => {
	if (!existsSync(path)) return undefined;
	const {stdout} = spawnSync(path, ['--version'], {encoding: 'utf8'});
	// "containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3"
	const found = / v?((\d+)\.(\d+)\S*)/.exec(stdout ?? '');
	if (found === null) return undefined;
	return {path, version: found[1]!, major: Number(found[2]), minor: Number(found[3])};
};

/** A miss is not remembered: it may be fetched a moment later. */
const inspectOnce = (path: string): ContainerdBinary | undefined => {
	const binary = inspected.get(path) ?? inspect(path);
	if (binary !== undefined) inspected.set(path, binary);
	return binary;
};

/** "2.1" stands for the 2.x line: what Debian's unstable branch has moves on. */
export const matchesVersion = (binary: ContainerdBinary, wanted: ContainerdVersion): boolean =>
	wanted === '2.1' ? binary.major === 2 : `${binary.major}.${binary.minor}` === wanted;

/** Where a containerd of this version is, or undefined. Without a version: the system's own, else any that was fetched. */
export const findContainerd = (version?: ContainerdVersion): ContainerdBinary | undefined => {
	const system = ['/usr/bin/containerd', '/usr/local/bin/containerd'].map(inspectOnce);
	const fetched = (version === undefined ? containerdVersions : [version]).map(wanted => inspectOnce(join(fetchedFolder(wanted), 'usr/bin/containerd')));
	return [...system, ...fetched].find(binary => binary !== undefined && (version === undefined || matchesVersion(binary, version)));
};
