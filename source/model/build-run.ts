import type {BuildRecord, BuildTrouble} from './build.ts';
import type {BuildState} from './build-steps.ts';
import {joinWords, quoteWord} from './shell-words.ts';
import type {StepLog} from './step-logs.ts';

/** How a build is asked for: what starts it again. */
export type BuildOrder = {
	/** Of `build`, as they were typed: flags, then the context. */
	readonly args: readonly string[];
	/** What relative paths in them are relative to. */
	readonly workingFolder: string;
};

export type BuildCounts = {readonly total: number; readonly completed: number; readonly cached: number; readonly warnings: number};

/** One build, running or over. `lost`: whoever ran it is gone and has not said how it ended. */
export type BuildRun = {
	/** BuildKit's ref of it. */
	readonly id: string;
	readonly by: 'dashboard' | 'command line' | 'somebody else';
	/** Who ran it; empty for what only the daemon knows. */
	readonly user: string;
	/** Of the process that runs it; 0 for what only the daemon knows. */
	readonly pid: number;
	/** When that process began, in the kernel's own count: a number is given again, but not with the same beginning. Unknown in older records. */
	readonly pidSince?: string | undefined;
	readonly address: string;
	readonly namespace: string;
	/** Undefined: only the daemon knows of it. */
	readonly order: BuildOrder | undefined;
	readonly context: string;
	/** Empty: the usual one. */
	readonly dockerfile: string;
	/** Empty: the last stage. */
	readonly target: string;
	readonly tags: readonly string[];
	readonly startedAt: number;
	readonly endedAt: number | undefined;
	readonly outcome: 'running' | 'done' | 'failed' | 'cancelled' | 'lost';
	readonly failure: string | undefined;
	/** Of the image, when one was made. */
	readonly digest: string | undefined;
	readonly counts: BuildCounts;
};

export type BuildSource = {readonly file: string; readonly text: string};

/** What is known of the inside of a build. A new object when anything changed. */
export type BuildDetail = {
	readonly state: BuildState;
	/** Why it failed, as BuildKit says it besides the message. */
	readonly trouble: BuildTrouble | undefined;
	/** The Dockerfile as it was when the build began; undefined where nobody has kept it. */
	readonly source: BuildSource | undefined;
	logOf(vertex: string): StepLog;
	lastLine(vertex: string): string;
};

export const countsOf = ({steps, warnings}: BuildState): BuildCounts => {
	const all = [...steps.values()];
	const cached = all.filter(({state}) => state === 'cached').length;
	return {total: all.length, completed: cached + all.filter(({state}) => state === 'done').length, cached, warnings: warnings.length};
};

/** What tells two builds of the same thing: where it is built from, by which file, up to which stage. */
export const subjectOf = ({context, dockerfile, target}: BuildRun): string => JSON.stringify([context, dockerfile, target]);

/** What a person calls it: its first tag, shortened as far as no one is misled, or its context. */
export const runName = ({tags: [tag], context, target}: Pick<BuildRun, 'tags' | 'context' | 'target'>): string => {
	const name = tag === undefined ? (context.replace(/\/+$/, '').split('/').at(-1) || context || 'a build') : tag.replace(/^docker\.io\/(?:library\/)?/, '').replace(/:latest$/, '');
	return target === '' ? name : `${name} (${target})`;
};

/** What starts it again from any folder, for a shell. */
export const commandOf = ({args, workingFolder}: BuildOrder): string => `cd ${quoteWord(workingFolder)} && nerdctl build ${joinWords(args)}`;

/** Newest first. */
export const byStart = (a: BuildRun, b: BuildRun): number => b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1);

const nothingSaid = /\bcontext canceled\b/;

/** What the daemon remembers of a build. What starts it again it does not know. */
export const runOfRecord = ({ref, frontendAttrs, exporters, error, createdAt, completedAt, steps, warnings}: BuildRecord, address: string): BuildRun => ({
	...{id: ref, by: 'somebody else', user: '', pid: 0, address, namespace: '', order: undefined},
	context: frontendAttrs['context'] ?? frontendAttrs['vcs:source'] ?? '',
	dockerfile: frontendAttrs['filename'] ?? '',
	target: frontendAttrs['target'] ?? '',
	tags: exporters.flatMap(({attrs}) => (attrs['name'] ?? '').split(',')).filter((name) => name !== ''),
	...{startedAt: createdAt ?? 0, endedAt: completedAt, failure: error, digest: undefined},
	outcome: completedAt === undefined ? 'running' : error === undefined ? 'done' : nothingSaid.test(error) ? 'cancelled' : 'failed',
	counts: {total: steps.total, completed: steps.completed, cached: steps.cached, warnings},
});
