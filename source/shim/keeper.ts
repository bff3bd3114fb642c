import {constants, openSync, readdirSync, renameSync, rmSync} from 'node:fs';
import {Socket} from 'node:net';
import {join} from 'node:path';
import {readClient} from './keeper-client.ts';
import {type KeptLog, keepLog} from './kept-log.ts';

/** How long it stays without a container, for the next one. */
const lingerMs = 3000;

const pidsIn = (folder: string): readonly number[] => readdirSync(folder).map(Number).filter(pid => pid > 0);

/**
The keeper of logs: one process that writes the logs of all containers of a data root, since a Node for each is ten megabytes and a start.

containerd's shim starts a shell for each container, with the container's streams (see the launcher in clients/host). The shell holds them
open, says so here, and waits. A pipe of another process can be opened through /proc, so what a shell holds is read here.
In `place` there is, for each shell, a file named by its pid: in `open/` until we have it, in `held/` afterwards. The FIFO `requests` tells
of new ones and of those that must end. On `lock` there is a lock of ours, which ends with us however we end: then one of the shells that wait
for it starts another keeper, which finds the files. So a keeper that is killed costs no container a line that is still in its pipe.
*/
export const runKeeper = (place: string): void => {
	const kept = new Map<number, KeptLog>();
	let leaving: NodeJS.Timeout | undefined;

	const isWanted = (): boolean => kept.size > 0 || pidsIn(join(place, 'open')).length > 0;
	const rest = (): void => {
		clearTimeout(leaving);
		// Whoever asks while we leave gets the lock, and starts another.
		leaving = setTimeout(() => (isWanted() ? rest() : process.exit()), lingerMs);
	};

	const forget = (pid: number): void => {
		kept.delete(pid);
		rmSync(join(place, 'held', String(pid)), {force: true});
		if (kept.size === 0) rest();
	};

	/** Whoever renames the file has the container: a shell that has waited too long takes it away, and writes the log itself. */
	const take = (pid: number): void => {
		try {
			renameSync(join(place, 'open', String(pid)), join(place, 'held', String(pid)));
		} catch {
			return;
		}
		keep(pid, true);
	};

	const keep = (pid: number, isNew: boolean): void => {
		const client = readClient(pid);
		if (client === undefined) {
			forget(pid);
			return;
		}
		try {
			kept.set(pid, keepLog(client, isNew, () => forget(pid)));
		} catch (error) {
			console.error(error);
			forget(pid);
			client.refuse();
		}
	};

	const answer = (line: string): void => {
		const [pid = '', word] = line.split(' ');
		if (word === 'end') kept.get(Number(pid))?.drain();
		else take(Number(pid));
	};

	// For both, or it would end when the first shell has closed it.
	const requests = new Socket({fd: openSync(join(place, 'requests'), constants.O_RDWR | constants.O_NONBLOCK), readable: true, writable: false});
	// A line is written at once, and a read takes whole ones as long as fewer than 64 KiB wait.
	let begun = '';
	requests.setEncoding('latin1').on('data', (text: string) => {
		const lines = `${begun}${text}`.split('\n');
		begun = lines.pop() ?? '';
		for (const line of lines) answer(line);
	});
	rest();
	for (const pid of pidsIn(join(place, 'held'))) keep(pid, false);
	for (const pid of pidsIn(join(place, 'open'))) take(pid);
};
