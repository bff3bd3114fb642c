import type {BigIntStats} from 'node:fs';
import {lstat, readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {Failure} from '../../errors.ts';
import type {OciDevice} from '../../model/oci/index.ts';
import {hostFailure, isMissing} from './missing.ts';

/** The C library's packing of a device number. */
const majorOf = (device: bigint): number => Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n));
const minorOf = (device: bigint): number => Number((device & 0xffn) | ((device >> 12n) & 0xffffff00n));

const deviceOf = (stats: BigIntStats, path: string): OciDevice | undefined => {
	const type = stats.isCharacterDevice() ? 'c' : stats.isBlockDevice() ? 'b' : stats.isFIFO() ? 'p' : undefined;
	if (type === undefined) return undefined;
	return {path, type, major: majorOf(stats.rdev), minor: minorOf(stats.rdev), fileMode: Number(stats.mode & 0o7777n), uid: Number(stats.uid), gid: Number(stats.gid)};
};

/** What every container has of its own, or what other container managers put there. */
const passedOver = new Set(['pts', 'shm', 'fd', 'mqueue', '.lxc', '.lxd-mounts', '.udev']);

/** All devices below a directory of this machine, as they are to be called in the container. */
const below = async (directory: string, destination: string): Promise<readonly OciDevice[]> => {
	const entries = await readdir(directory, {withFileTypes: true});
	const found: OciDevice[] = [];
	for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
		const [place, target] = [join(directory, entry.name), join(destination, entry.name)];
		if (entry.isDirectory()) {
			if (!passedOver.has(entry.name)) found.push(...(await below(place, target)));
		} else if (entry.name !== 'console' && (entry.isCharacterDevice() || entry.isBlockDevice())) {
			const stats = await lstat(place, {bigint: true}).catch((error: unknown) => {
				if (isMissing(error)) return undefined;
				throw error;
			});
			const device = stats === undefined ? undefined : deviceOf(stats, target);
			if (device !== undefined) found.push(device);
		}
	}
	return found;
};

/** The device of a path, or all that are in it when it is a directory. */
export const readDevices = async (path: string, destination = path): Promise<readonly OciDevice[]> => {
	try {
		const stats = await stat(path, {bigint: true});
		if (stats.isDirectory()) return await below(path, destination);
		const device = deviceOf(stats, destination);
		if (device === undefined) throw new Failure('invalid', `${path} is not a device`, {hint: 'mount a file or a directory with -v'});
		return [device];
	} catch (error) {
		if (isMissing(error)) throw new Failure('not-found', `This machine has no device ${path}`, {cause: error});
		throw hostFailure(`look at device ${path}`, error);
	}
};

/** What a privileged container sees. */
export const readHostDevices = (): Promise<readonly OciDevice[]> => readDevices('/dev');

/** The numbers of a block device that is to be throttled. */
export const readBlockDevice = async (path: string): Promise<{readonly major: number; readonly minor: number}> => {
	const [device] = await readDevices(path);
	if (device === undefined) throw new Failure('invalid', `${path} is not a device`);
	return {major: device.major, minor: device.minor};
};
