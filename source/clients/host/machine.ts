import {readFile, statfs} from 'node:fs/promises';
import {availableParallelism} from 'node:os';

export type MachineReading = {readonly cores: number; readonly memoryUsedBytes: number; readonly memoryTotalBytes: number; readonly diskUsedPercent: number};

const kilobytes = (meminfo: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;

/**
The machine's own memory (used is what is not available, as `free` counts it) and the disk that `path` is on. Undefined where there is no
/proc: then the header leaves it out.
*/
export const readMachine = async (path: string): Promise<MachineReading | undefined> => {
	try {
		const [meminfo, disk] = await Promise.all([readFile('/proc/meminfo', 'utf8'), statfs(path).catch(() => statfs('/'))]);
		const total = kilobytes(meminfo, 'MemTotal');
		const usable = disk.blocks - disk.bfree + disk.bavail;
		return {
			cores: availableParallelism(),
			memoryTotalBytes: total,
			memoryUsedBytes: total - kilobytes(meminfo, 'MemAvailable'),
			diskUsedPercent: usable <= 0 ? 0 : Math.round(((disk.blocks - disk.bfree) / usable) * 100),
		};
	} catch {
		// Numbers for the header: a machine that does not tell is shown without them.
		return undefined;
	}
};
