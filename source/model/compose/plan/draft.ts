import type {Action, Operation} from './types.ts';

/** Collects operations, numbers them, and remembers who made what so that later ones can wait for it. */
export type Draft = {
	readonly operations: readonly Operation[];
	readonly warnings: readonly string[];
	/** Answers the operation's id. */
	add(action: Action, because: string, after?: readonly number[]): number;
	warn(warning: string): void;
};

export const createDraft = (): Draft => {
	const operations: Operation[] = [];
	const warnings = new Set<string>();
	return {
		operations,
		get warnings() {
			return [...warnings];
		},
		add: (action, because, after = []) => {
			const id = operations.length + 1;
			operations.push({id, action, because, after: [...new Set(after)].sort((one, other) => one - other)});
			return id;
		},
		warn: warning => warnings.add(warning),
	};
};
