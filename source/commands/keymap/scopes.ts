import type {CommandScope} from '../types.ts';

/** The scope around each: its keys work inside too, unless the inner one has them. */
const around: Readonly<Record<CommandScope, CommandScope | undefined>> = {
	global: undefined,
	list: 'global',
	detail: 'global',
	containers: 'list',
	images: 'list',
	projects: 'list',
	snapshotters: 'list',
	snapshots: 'list',
	networks: 'list',
	volumes: 'list',
	builds: 'list',
	stats: 'list',
	logs: 'detail',
	steps: 'detail',
	inspect: 'detail',
	files: 'detail',
};

/** Innermost first: `containers`, `list`, `global`. */
export const scopeChain = (scope: CommandScope): readonly CommandScope[] => {
	const outer = around[scope];
	return outer === undefined ? [scope] : [scope, ...scopeChain(outer)];
};
