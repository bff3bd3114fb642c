import type {BuildDetail, BuildOrder, BuildRun} from '../../model/build-run.ts';
import type {BuildCall, BuildRequest, BuildResult} from '../builds/types.ts';

/** Who asks, and for what in their own words. */
export type BuildAbout = {
	/** The name that it is to have; made up when it is not given. */
	readonly id?: string;
	readonly by: 'dashboard' | 'command line'; readonly order: BuildOrder};

/** The inside of a build that is looked at; told of changes a few times a second, however many there are. */
export type BuildWatch = {
	detail(): BuildDetail;
	subscribe(listener: () => void): () => void;
};

export type BuildRunsService = {
	/** Our own record and what runs here, newest first. What can't be read is left out. */
	list(): Promise<readonly BuildRun[]>;
	/** Told, at most once a second, when the list may be another. Answers how to stop. */
	watch(onChange: () => void): () => void;
	/** As `builds.build`, and written down: a disk that can't take the record ends no build. */
	build(request: BuildRequest, about: BuildAbout, call?: BuildCall): Promise<BuildResult>;
	/** Of one that runs in this process; false for any other. */
	cancel(id: string): boolean;
	/** Asks another process of this machine to give its build up. `conflict` when it is gone, `denied` when it is another user's. */
	interrupt(run: BuildRun): Promise<void>;
	/**
	What runs here is looked at as it is; what another process runs, and what only the daemon knows, is asked of the daemon; what is over is read. Ends with
	`signal`. `not-found` when nothing is known any more.
	*/
	open(run: BuildRun, call: {readonly signal: AbortSignal}): Promise<BuildWatch>;
	forget(id: string): Promise<void>;
};
