import {readFileSync} from 'node:fs';

/**
When a process started: with its number, the name of a process that no other will have until the next boot. In clock ticks since boot, as
/proc/PID/stat has it in its 22nd field. Undefined when there is none of that number. The kernel answers at once, so this does not wait.
*/
export const processStart = (pid: number | string): string | undefined => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		// The name before it is in brackets, and may have blanks and brackets of its own.
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
	} catch {
		return undefined;
	}
};
