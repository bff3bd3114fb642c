import {readFileSync, statSync} from 'node:fs';
import {rename, rm} from 'node:fs/promises';
import {Failure} from '../../errors.ts';
import type {HostSignal} from './types.ts';
import {withDirectoryLock} from './flock.ts';
import {isMissing} from './missing.ts';

/** The lock that `nerdctl rm` and others take: a directory `oplock` in the state directory. */
export const withOperationLock = async <T>(stateDir: string, run: () => Promise<T>, options?: HostSignal): Promise<T> =>
	isDirectory(stateDir) ? withDirectoryLock(`${stateDir}/oplock`, run, options) : run();

const isDirectory = (path: string): boolean => {
	try {
		return statSync(path).isDirectory();
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
};

/** The command is put aside, and put back whatever happens: most containers have none. */
export const withoutAutoRemove = async <T>(stateDir: string, run: () => Promise<T>): Promise<T> => {
	const [file, aside] = [`${stateDir}/auto-remove.json`, `${stateDir}/auto-remove.aside`];
	const move = async (from: string, to: string): Promise<void> => {
		await rename(from, to).catch((error: unknown) => {
			if (!isMissing(error)) throw error;
		});
	};
	await move(file, aside);
	try {
		return await run();
	} finally {
		await move(aside, file);
	}
};

/** A shareable /dev/shm of nerdctl is a tmpfs in the state directory; removing through a mount would empty what others see. */
export const removeStateDir = async (stateDir: string): Promise<void> => {
	if (!isDirectory(stateDir)) return;
	for (const mountPoint of mountsBelow(stateDir).reverse()) {
		const {execa} = await import('execa');
		const result = await execa('umount', ['--', mountPoint], {reject: false});
		if (result.failed) {
			throw new Failure('conflict', `Could not remove ${stateDir}: ${mountPoint} is mounted and busy`, {
				hint: `unmount ${mountPoint} and remove the directory`,
			});
		}
	}
	await rm(stateDir, {recursive: true, force: true});
};

const mountsBelow = (directory: string): string[] =>
	parseMountPoints(readFileSync('/proc/self/mountinfo', 'utf8')).filter(mountPoint => mountPoint.startsWith(`${directory}/`));

/** Mount points in mount order. The kernel writes space, tab, newline and backslash as octal escapes. */
export const parseMountPoints = (mountinfo: string): string[] =>
	mountinfo
		.split('\n')
		.map(line => line.split(' ')[4])
		.filter(field => field !== undefined)
		.map(field => field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
