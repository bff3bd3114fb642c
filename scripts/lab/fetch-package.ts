import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {type AptSource, parseSources} from './apt-sources.ts';

export type WantedPackage = {
	readonly name: string;
	/** Which releases of which distribution carry it, likeliest first. */
	readonly suites: Readonly<Record<string, readonly string[]>>;
	/** Where it is unpacked. */
	readonly folder: string;
	/** Whether what is wanted of it is there by now. */
	readonly isThere: () => boolean;
};

const release = (): Readonly<Record<string, string>> =>
	Object.fromEntries(
		[...readFileSync('/etc/os-release', 'utf8').matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(match => [match[1]!, match[2]!]),
	);

/** The source this machine itself gets its packages from; a neighbouring release is beside it on the same server. */
const ownSource = (codename: string): AptSource | undefined => {
	const folder = '/etc/apt/sources.list.d';
	const files = [
		'/etc/apt/sources.list',
		...(existsSync(folder) ? readdirSync(folder).filter(name => /\.(list|sources)$/.test(name)).map(name => join(folder, name)) : []),
	].filter(existsSync);
	return files.flatMap(file => parseSources(readFileSync(file, 'utf8'), codename))[0];
};

const run = (command: string, commandArguments: readonly string[], cwd: string): void => {
	const {status, stderr, error} = spawnSync(command, commandArguments, {cwd, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe']});
	if (status !== 0) throw new Error(`${command} ${commandArguments.at(-1)}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
};

const download = (name: string, suite: string, source: AptSource, work: string): void => {
	for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(work, folder), {recursive: true});
	writeFileSync(join(work, 'sources.list'), `deb ${source.options}${source.uri} ${suite} ${source.components}\n`);
	const apt = [
		['Dir::Etc::sourcelist', join(work, 'sources.list')],
		['Dir::Etc::sourceparts', '-'],
		['Dir::State::lists', join(work, 'lists')],
		['Dir::Cache', join(work, 'cache')],
		['APT::Sandbox::User', 'root'],
		['Acquire::Languages', 'none'],
		['Acquire::Retries', '2'],
	].flatMap(([option, value]) => ['-o', `${option}=${value}`]);
	run('apt-get', [...apt, 'update'], work);
	run('apt-get', [...apt, 'download', `${name}/${suite}`], work);
};

const fetchFrom = (suite: string, source: AptSource, {name, folder}: WantedPackage): void => {
	mkdirSync(dirname(folder), {recursive: true});
	const work = mkdtempSync(join(dirname(folder), 'fetch-'));
	try {
		download(name, suite, source, work);
		const archive = readdirSync(work).find(file => file.startsWith(`${name}_`) && file.endsWith('.deb'));
		if (archive === undefined) throw new Error(`apt-get download left no archive of ${name} from ${suite}`);
		run('dpkg-deb', ['--extract', archive, 'unpacked'], work);
		rmSync(folder, {recursive: true, force: true});
		renameSync(join(work, 'unpacked'), folder);
	} finally {
		rmSync(work, {recursive: true, force: true});
	}
};

const attempt = (wanted: WantedPackage): string | undefined => {
	const {ID: distribution = '', VERSION_CODENAME: codename = ''} = release();
	const source = ownSource(codename);
	if (source === undefined) return `this machine's apt has no source for ${codename || 'its release'}`;
	let reason = `no release of ${distribution || 'this system'} is known to carry it`;
	for (const suite of wanted.suites[distribution] ?? []) {
		try {
			fetchFrom(suite, source, wanted);
		} catch (error) {
			reason = error instanceof Error ? error.message : String(error);
			continue;
		}

		if (wanted.isThere()) return undefined;
		reason = `${suite} carries another version`;
	}

	return reason;
};

const dayMs = 24 * 60 * 60 * 1000;

/**
Get one package of a neighbouring release and unpack it; nothing is installed. Answers why it is not there, or undefined when it is. A
failure is remembered for a day, so that working without a network is not slow every time.
*/
export const fetchPackage = (wanted: WantedPackage): string | undefined => {
	if (wanted.isThere()) return undefined;
	const note = `${wanted.folder}.missing`;
	if (existsSync(note) && Date.now() - statSync(note).mtimeMs < dayMs) return readFileSync(note, 'utf8');
	const reason = attempt(wanted);
	if (reason === undefined) rmSync(note, {force: true});
	else writeFileSync(note, `${reason}; tried at ${new Date().toISOString()}, again after a day or without ${note}`);
	return reason;
};
