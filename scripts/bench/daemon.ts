import {startChild} from './child.ts';

export type DaemonOptions = {
	readonly containers: number;
	/**
	What changes from second to second: nothing, the numbers of every fifth while the others stay near nothing (as on most hosts), or all
	numbers of all.
	*/
	readonly usage?: 'still' | 'some' | 'all';
	readonly status?: 'running' | 'stopped';
	/** How many compose projects they are spread over; none when left out. */
	readonly projects?: number;
	/** The json-file logs they have, by turns; without one they say that nobody keeps their output. */
	readonly logs?: readonly string[];
};

export type Daemon = {readonly address: string; stop(): Promise<void>};

/** A fake containerd in another process: what it costs is not measured as ours. */
export const startDaemon = async (options: DaemonOptions): Promise<Daemon> => {
	const child = await startChild('daemon-main.ts', options);
	return {address: child.firstLine, stop: child.stop};
};
