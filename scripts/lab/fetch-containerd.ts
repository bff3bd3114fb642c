import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {type AptSource, parseSources} from './apt-sources.ts';
import {type ContainerdVersion, containerdVersions, fetchedFolder, findContainerd, toolsFolder} from './find-containerd.ts';

/** Which release of the machine's own distribution carries which containerd, likeliest first. */
const suites: Readonly<Record<string, Partial<Record<ContainerdVersion, readonly string[]>>>> = {
	debian: {'1.6': ['bookworm'], '1.7': ['trixie'], '2.1': ['sid', 'forky']},
	ubuntu: {'1.7': ['noble', 'plucky'], '2.1': ['questing', 'resolute']},
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

const download = (suite: string, source: AptSource, work: string): void => {
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
	].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
	run('apt-get', [...apt, 'update'], work);
	run('apt-get', [...apt, 'download', `containerd/${suite}`], work);
};

const fetchFrom = (suite: string, source: AptSource, version: ContainerdVersion): void => {
	mkdirSync(toolsFolder, {recursive: true});
	const work = mkdtempSync(join(toolsFolder, 'fetch-'));
	try {
		download(suite, source, work);
		const archive = readdirSync(work).find(name => name.startsWith('containerd_') && name.endsWith('.deb'));
		if (archive === undefined) throw new Error(`apt-get download left no archive of containerd from ${suite}`);
		run('dpkg-deb', ['--extract', archive, 'unpacked'], work);
		rmSync(fetchedFolder(version), {recursive: true, force: true});
		renameSync(join(work, 'unpacked'), fetchedFolder(version));
	} finally {
		rmSync(work, {recursive: true, force: true});
	}
};

const attempt = (version: ContainerdVersion): string | undefined => {
	const {ID: distribution = '', VERSION_CODENAME: codename = ''} = release();
	const source = ownSource(codename);
	if (source === undefined) return `this machine's apt has no source for ${codename || 'its release'}`;
	const candidates = suites[distribution]?.[version] ?? [];
	let reason = `no release of ${distribution || 'this system'} is known to carry it`;
	for (const suite of candidates) {
		try {
			fetchFrom(suite, source, version);
		} catch (error) {
			reason = error instanceof Error ? error.message : String(error);
			continue;
		}

		if (findContainerd(version) !== undefined) return undefined;
		reason = `${suite} carries another version`;
	}

	return reason;
};

const dayMs = 24 * 60 * 60 * 1000;

/**
Get one containerd of a neighbouring release and unpack it under `.tools`; nothing is installed. Its daemon and shim need an
older glibc than its runc, so it runs with the system's runc. Answers why it is not there, or undefined when it is. A failure is
remembered for a day, so that working without a network is not slow every time.
*/
export const fetchContainerd = (version: ContainerdVersion): string | undefined => {
	if (findContainerd(version) !== undefined) return undefined;
	const note = `${fetchedFolder(version)}.missing`;
	if (existsSync(note) && Date.now() - statSync(note).mtimeMs < dayMs) return readFileSync(note, 'utf8');
	const reason = attempt(version);
	if (reason === undefined) rmSync(note, {force: true});
	else writeFileSync(note, `${reason}; tried at ${new Date().toISOString()}, again after a day or without ${note}`);
	return reason;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	mkdirSync(toolsFolder, {recursive: true});
	for (const version of containerdVersions) {
		const reason = fetchContainerd(version);
		console.log(reason === undefined ? `containerd ${version}: ${findContainerd(version)?.version}` : `containerd ${version}: not here, its tests are skipped (${reason})`);
	}
}
