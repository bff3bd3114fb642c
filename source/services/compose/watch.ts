import {createReadStream, type Stats} from 'node:fs';
import {lstat, readdir, readFile, readlink} from 'node:fs/promises';
import {join} from 'node:path';
import {PassThrough, type Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {pack} from 'tar-stream';
import {isMissing} from '../../clients/host/missing.ts';
import {watchTree} from '../../clients/host/watch-tree.ts';
import {Failure, failing, isAbort, sentence} from '../../errors.ts';
import type {ObservedContainer} from '../../model/compose/plan/index.ts';
import type {Project} from '../../model/compose/project.ts';
import {belowRule, type Change, type WatchExec, type WatchRule, watchRules, type WatchWork, workOf} from '../../model/compose/watch-rules.ts';
import type {FilesService} from '../containers/files/types.ts';
import type {ContainersService} from '../containers/index.ts';
import type {Call} from './dependencies.ts';

export type WatchDependencies = {
	readonly containers: Pick<ContainersService, 'exec'>;
	readonly files: Pick<FilesService, 'copyIn'>;
	/** The running replicas of a service, now. */
	readonly replicas: (service: string) => Promise<readonly ObservedContainer[]>;
	readonly rebuild: (service: string) => Promise<void>;
	readonly restart: (service: string) => Promise<void>;
	/** What is being done, and what went wrong and did not end the watch. */
	readonly say: (text: string) => void;
};

/** Each build context's `.dockerignore`, where there is one. */
const dockerignores = async (project: Project): Promise<Readonly<Record<string, readonly string[]>>> => {
	const contexts = new Set(Object.values(project.services).flatMap(({build}) => (build?.context?.startsWith('/') === true ? [build.context] : [])));
	const found = await Promise.all(
		[...contexts].map(async context => {
			try {
				const lines = (await readFile(join(context, '.dockerignore'), 'utf8')).replace(/^\ufeff/, '').split(/\r?\n/);
				return [[context, lines.filter(line => !line.startsWith('#')).map(line => line.trim().replace(/^(!?)\//, '$1'))] as const];
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
				throw failing(`read ${join(context, '.dockerignore')}`, error);
			}
		}),
	);
	return Object.fromEntries(found.flat());
};

/** Undefined when it is gone, and only then: what can't be looked at must not be taken for removed, for it would be removed in the container, too. */
const statOf = async (path: string): Promise<Stats | undefined> => {
	try {
		return await lstat(path);
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw failing(`look at ${path}`, error);
	}
};

/** Files as a tar archive whose names are where they go. What is gone meanwhile is left out: its removal is the next change. */
const archiveOf = (copies: WatchWork['copies']): Readable => {
	const archive = pack();
	const out = new PassThrough();
	const fill = async (): Promise<void> => {
		for (const {from, to} of copies) {
			const found = await statOf(from);
			if (found === undefined) continue;
			const header = {name: to.replace(/^\//, ''), mode: found.mode & 0o7777, uid: found.uid, gid: found.gid, mtime: found.mtime};
			if (found.isSymbolicLink()) archive.entry({...header, type: 'symlink', linkname: await readlink(from)});
			else if (found.size === 0 && found.isFile()) archive.entry({...header, size: 0}, '');
			else if (found.isFile()) await pipeline(createReadStream(from, {end: found.size - 1}), archive.entry({...header, size: found.size}));
		}
		archive.finalize();
	};
	fill().catch((error: unknown) => archive.destroy(error as Error));
	// What goes wrong on the way is what the reader gets.
	pipeline(archive, out).catch((error: unknown) => out.destroy(error as Error));
	return out;
};

/** Everything below a directory that is no directory, the directory itself when it is a file. */
const filesBelow = async (path: string): Promise<readonly string[]> => {
	const found = await statOf(path);
	if (found === undefined) return [];
	if (!found.isDirectory()) return [path];
	const inside = await Promise.all((await readdir(path)).map(async name => filesBelow(join(path, name))));
	return inside.flat();
};

/** A directory that came brings all that is in it. What can't be looked at is told, and is no change. */
const changesOf = async (paths: readonly string[], say: WatchDependencies['say']): Promise<readonly Change[]> => {
	const all = await Promise.all(
		paths.map(async (path): Promise<readonly Change[]> => {
			try {
				const found = await statOf(path);
				if (found === undefined) return [{path, isThere: false}];
				if (!found.isDirectory()) return [{path, isThere: true}];
				return (await filesBelow(path)).map(below => ({path: below, isThere: true}));
			} catch (error) {
				say(sentence(error));
				return [];
			}
		}),
	);
	return [...new Map(all.flat().map(change => [change.path, change])).values()];
};

const runIn = async ({containers}: WatchDependencies, container: ObservedContainer, {args, ...options}: WatchExec, {signal}: Call): Promise<void> => {
	const session = await containers.exec(container, {args, ...options, terminal: false, interactive: false, ...(signal === undefined ? {} : {signal})});
	try {
		let said = '';
		for (const stream of [session.stdout, session.stderr]) stream?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString('utf8')}`.slice(-500)));
		const {exitStatus} = await session.wait();
		if (exitStatus !== 0) throw new Failure('conflict', `${args.join(' ')} ended with ${exitStatus} in ${container.name}${said.trim() === '' ? '' : `: ${said.trim().split('\n').at(-1)}`}`);
	} finally {
		await session.close();
	}
};

const files = (count: number): string => `${count} ${count === 1 ? 'file' : 'files'}`;

const doWork = async (dependencies: WatchDependencies, {service, rebuild, copies, removals, restart, execs}: WatchWork, call: Call): Promise<void> => {
	const {say} = dependencies;
	if (rebuild) {
		say(`${service}: building and replacing its containers`);
		await dependencies.rebuild(service);
		return;
	}
	const replicas = await dependencies.replicas(service);
	if (copies.length + removals.length > 0) {
		if (replicas.length === 0) say(`${service}: no container runs, nothing is copied`);
		else say(`${service}: ${[...(copies.length > 0 ? [`copying ${files(copies.length)}`] : []), ...(removals.length > 0 ? [`removing ${files(removals.length)}`] : [])].join(', ')}`);
	}
	for (const container of replicas) {
		// One after the other, as they happened: what was removed and came again is there at the end.
		if (removals.length > 0) await runIn(dependencies, container, {args: ['rm', '-rf', '--', ...removals], privileged: false, env: [], user: '0'}, call);
		if (copies.length > 0) await dependencies.files.copyIn(container, {from: archiveOf(copies), path: '/'}, call);
		for (const exec of execs) await runIn(dependencies, container, exec, call);
	}
	if (!restart) return;
	say(`${service}: restarting`);
	await dependencies.restart(service);
};

/** A failure is told, and the next change is a new chance: whoever edits makes mistakes. */
const tolerantly = async (dependencies: WatchDependencies, work: readonly WatchWork[], call: Call): Promise<void> => {
	for (const one of work) {
		try {
			await doWork(dependencies, one, call);
		} catch (error) {
			if (isAbort(error) || call.signal?.aborted === true) throw error;
			dependencies.say(`${one.service}: ${sentence(error)}`);
		}
	}
};

const initialWork = async (rules: readonly WatchRule[]): Promise<readonly WatchWork[]> => {
	const first = rules.filter(({initialSync, action}) => initialSync && action.startsWith('sync')).map((rule): WatchRule => ({...rule, action: 'sync'}));
	const paths = new Set((await Promise.all(first.map(async ({path}) => filesBelow(path)))).flat());
	return workOf(first, [...paths].map(path => ({path, isThere: true})));
};

/** The rules of a project's services; refused when there is none, or one that can not be honoured. */
export const rulesOf = async (project: Project, services: readonly string[]): Promise<readonly WatchRule[]> => {
	const rules = watchRules(project, {services, dockerignore: await dockerignores(project)});
	if (rules.length === 0) throw new Failure('invalid', `no service of ${project.name} says what is to be watched`, {hint: 'give one develop.watch'});
	return rules;
};

/** Follows what is edited until the signal: copies it into containers, restarts or rebuilds them. Ready when `say` has said so. */
export const watchProject = async (dependencies: WatchDependencies, rules: readonly WatchRule[], {signal}: {readonly signal: AbortSignal}): Promise<void> => {
	const watching = await watchTree(
		rules.map(({path}) => path),
		{signal},
	);
	try {
		await tolerantly(dependencies, await initialWork(rules), {signal});
		dependencies.say(`watching ${new Set(rules.map(({path}) => path)).size} paths of ${[...new Set(rules.map(({service}) => service))].join(', ')}`);
		for (;;) {
			const changed = (await watching.next()).filter(path => rules.some(rule => belowRule(rule, path) !== undefined));
			if (changed.length > 0) await tolerantly(dependencies, workOf(rules, await changesOf(changed, dependencies.say)), {signal});
		}
	} finally {
		watching.stop();
	}
};
