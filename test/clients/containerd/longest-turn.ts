import {setImmediate} from 'node:timers/promises';

/**
The longest turn of the event loop while the work is done, in ms of CPU time: how long a keystroke would have had to wait. Wall time would
also count what other programs take from this one.
*/
export const longestTurn = async (work: () => Promise<unknown>): Promise<number> => {
	let longest = 0;
	let isDone = false;
	const watch = async (): Promise<void> => {
		let before = process.threadCpuUsage();
		while (!isDone) {
			await setImmediate();
			const {user, system} = process.threadCpuUsage(before);
			longest = Math.max(longest, (user + system) / 1000);
			before = process.threadCpuUsage();
		}
	};

	const watching = watch();
	await work();
	isDone = true;
	await watching;
	return longest;
};
