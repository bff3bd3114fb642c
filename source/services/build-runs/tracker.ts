import type {BuildStatus, BuildTrouble} from '../../model/build.ts';
import type {BuildDetail, BuildSource} from '../../model/build-run.ts';
import {emptyBuild, endBuild, reduceBuild} from '../../model/build-steps.ts';
import {createStepLogs, type StepLogs} from '../../model/step-logs.ts';
import type {BuildWatch} from './types.ts';

/** A person reads no faster; a build says thousands of things a second. */
const toldEveryMs = 200;

export type Tracker = BuildWatch & {
	readonly onStatus: (status: BuildStatus) => void;
	readonly logs: StepLogs;
	/** Nothing comes after it; `at` is epoch ms. */
	end(trouble: BuildTrouble | undefined, at: number): void;
	/** What it is built by, as soon as that is read. */
	setSource(source: BuildSource | undefined): void;
};

export const detailOf = (inside: Pick<BuildDetail, 'state' | 'trouble' | 'source'>, logs: Pick<StepLogs, 'of' | 'last'>): BuildDetail => ({...inside, logOf: logs.of, lastLine: logs.last});

/** Follows a build from its messages. The first is told of at once, those that come soon after another together. */
export const createTracker = (now: () => number = performance.now.bind(performance)): Tracker => {
	const logs = createStepLogs();
	const listeners = new Set<() => void>();
	let state = emptyBuild;
	let trouble: BuildTrouble | undefined;
	let source: BuildSource | undefined;
	let detail = detailOf({state, trouble, source}, logs);
	let toldAt = Number.NEGATIVE_INFINITY;
	let timer: NodeJS.Timeout | undefined;
	const tell = () => {
		clearTimeout(timer);
		timer = undefined;
		toldAt = now();
		detail = detailOf({state, trouble, source}, logs);
		for (const listener of [...listeners]) listener();
	};
	const tellSoon = () => {
		const left = toldAt + toldEveryMs - now();
		if (left <= 0) tell();
		else timer ??= setTimeout(tell, left);
	};
	return {
		logs,
		onStatus(status) {
			state = reduceBuild(state, status);
			for (const {vertex, bytes} of status.logs) logs.push(vertex, bytes);
			tellSoon();
		},
		end(why, at) {
			trouble = why;
			state = endBuild(state, at);
			tell();
		},
		setSource(read) {
			source = read;
		},
		detail: () => detail,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
};
