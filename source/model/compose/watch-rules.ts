import {posix} from 'node:path';
import {Failure} from '../../errors.ts';
import {type IgnorePattern, matchPath, parsePatterns} from '../ignore-pattern.ts';
import type {Project} from './project.ts';
import type {Plain} from './value.ts';

export type WatchAction = 'sync' | 'rebuild' | 'restart' | 'sync+restart' | 'sync+exec';

type Ignore = {/** What the patterns are relative to. */ readonly base: string; readonly patterns: readonly IgnorePattern[]};

/** One entry of `develop.watch`. */
export type WatchRule = {
	readonly service: string;
	/** Absolute, here; a file or a directory. */
	readonly path: string;
	readonly action: WatchAction;
	/** Absolute, in the container; of the actions that copy. */
	readonly target: string;
	readonly ignores: readonly Ignore[];
	/** None: everything. */
	readonly includes: readonly IgnorePattern[];
	readonly exec: WatchExec | undefined;
	readonly initialSync: boolean;
};

export type WatchExec = {readonly args: readonly string[]; readonly user?: string; readonly workingDirectory?: string; readonly privileged: boolean; readonly env: readonly string[]};

/** What editors and version control write beside what they are about. */
const passing = parsePatterns(['**/.git', '**/.hg', '**/.svn', '**/.idea', '**/*~', '**/.*.sw?', '**/.*.sw??', '**/4913', '**/.#*', '**/#*#', '**/___jb_*___', '**/.DS_Store']);

const textsOf = (value: Plain | undefined): readonly string[] => (Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : []);

const isRecord = (value: Plain | undefined): value is {readonly [key: string]: Plain} => typeof value === 'object' && value !== null && !Array.isArray(value);

const execOf = (value: Plain | undefined): WatchExec | undefined => {
	if (!isRecord(value)) return undefined;
	const {user, working_dir: workingDirectory, environment} = value;
	return {
		args: textsOf(value['command']),
		privileged: value['privileged'] === true,
		env: isRecord(environment) ? Object.entries(environment).flatMap(([name, one]) => (one === null ? [] : [`${name}=${String(one)}`])) : [],
		...(typeof user === 'string' ? {user} : {}),
		...(typeof workingDirectory === 'string' ? {workingDirectory} : {}),
	};
};

export type RulesOptions = {
	/** The lines of `.dockerignore` by build context, where there is one. */
	readonly dockerignore: Readonly<Record<string, readonly string[]>>;
	/** None: all that have rules. */
	readonly services: readonly string[];
};

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

/** What is to be watched. A rule that can not be honoured is refused with its key. */
export const watchRules = (project: Project, {dockerignore, services}: RulesOptions): readonly WatchRule[] =>
	Object.entries(project.services)
		.filter(([name]) => services.length === 0 || services.includes(name))
		.flatMap(([service, {develop, build}]) =>
			(develop?.watch ?? []).map((said, at): WatchRule => {
				const key = `services.${service}.develop.watch[${at}]`;
				const [path, target] = [posix.normalize(String(said['path'])).replace(/(.)\/$/, '$1'), String(said['target'] ?? '')];
				const action = String(said['action']) as WatchAction;
				const exec = execOf(said['exec']);
				if (action.startsWith('sync') && !target.startsWith('/')) throw new Failure('invalid', `${key}.target is ${JSON.stringify(target)}`, {hint: `${action} needs the absolute path in the container`});
				if (action === 'sync+exec' && (exec === undefined || exec.args.length === 0)) throw new Failure('invalid', `${key}.exec is missing`, {hint: 'sync+exec needs a command'});
				if (action === 'rebuild' && build === undefined) throw new Failure('invalid', `${key}.action is rebuild, and ${service} has no build section`);
				const context = build?.context;
				const own = {base: path, patterns: parsePatterns(textsOf(said['ignore']))};
				const fromContext = context !== undefined && dockerignore[context] !== undefined && isWithin(path, context) ? [{base: context, patterns: parsePatterns(dockerignore[context])}] : [];
				return {service, path, action, target, exec, ignores: [{base: path, patterns: passing}, own, ...fromContext], includes: parsePatterns(textsOf(said['include'])), initialSync: said['initial_sync'] === true};
			}),
		);

/** The path below the rule's, empty for the rule's own; undefined when it is none of the rule's business. */
export const belowRule = ({path: own, ignores, includes}: WatchRule, path: string): string | undefined => {
	if (!isWithin(path, own)) return undefined;
	const relative = posix.relative(own, path);
	const isIgnored = ignores.some(({base, patterns}) => {
		const from = posix.relative(base, path);
		return from !== '' && patterns.length > 0 && matchPath(patterns, from).isMatch;
	});
	if (isIgnored) return undefined;
	return includes.length === 0 || matchPath(includes, relative === '' ? posix.basename(path) : relative).isMatch ? relative : undefined;
};

export type Change = {readonly path: string; readonly isThere: boolean};

/** What one batch of changes means for a service. */
export type WatchWork = {
	readonly service: string;
	readonly rebuild: boolean;
	readonly copies: ReadonlyArray<{readonly from: string; readonly to: string}>;
	/** Paths in the container whose origins are gone. */
	readonly removals: readonly string[];
	readonly restart: boolean;
	readonly execs: readonly WatchExec[];
};

/** A rebuild makes the rest needless: a new container has it all. */
export const workOf = (rules: readonly WatchRule[], changes: readonly Change[]): readonly WatchWork[] =>
	[...Map.groupBy(rules, ({service}) => service)].flatMap(([service, own]): readonly WatchWork[] => {
		const hits = own.flatMap(rule => changes.flatMap(change => {
			const below = belowRule(rule, change.path);
			return below === undefined ? [] : [{rule, change, to: below === '' ? rule.target : posix.join(rule.target, below)}];
		}));
		if (hits.length === 0) return [];
		if (hits.some(({rule}) => rule.action === 'rebuild')) return [{service, rebuild: true, copies: [], removals: [], restart: false, execs: []}];
		const synced = hits.filter(({rule}) => rule.action.startsWith('sync'));
		return [
			{
				service,
				rebuild: false,
				copies: synced.filter(({change}) => change.isThere).map(({change, to}) => ({from: change.path, to})),
				removals: synced.filter(({change}) => !change.isThere).map(({to}) => to),
				restart: hits.some(({rule}) => rule.action.endsWith('restart')),
				execs: [...new Set(hits.map(({rule}) => rule))].flatMap(({exec, action}) => (action === 'sync+exec' && exec !== undefined ? [exec] : [])),
			},
		];
	});
