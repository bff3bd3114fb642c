import process from 'node:process';
import {lineHost, lineSleep} from '../commands/line/host.ts';
import {type GlobalFlags, hasVerb, runLine, type Surroundings} from '../commands/line/index.ts';
import type {Settings} from '../config/types.ts';
import {Failure, sentence} from '../errors.ts';
import {cgroupManager} from './cgroup-manager.ts';
import {readSettings} from './settings.ts';

const {stdin, stdout, stderr} = process;

const terminal: Surroundings['terminal'] = {
	isTTY: stdout.isTTY === true,
	isInputTTY: stdin.isTTY === true,
	columns: stdout.columns || 80,
	rows: stdout.rows || 24,
	setRawMode: (raw) => {
		if (stdin.isTTY) stdin.setRawMode(raw);
	},
	onResize: (listener) => {
		const tell = () => listener({columns: stdout.columns, rows: stdout.rows});
		stdout.on('resize', tell);
		return () => stdout.off('resize', tell);
	},
};

/** Those that a program may catch and that mean something to another one; Node keeps SIGUSR1 and SIGPIPE for itself. */
const passedOn = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR2', 'SIGALRM', 'SIGCONT', 'SIGTSTP', 'SIGIO', 'SIGPWR'] as const;

const interruption = (): Pick<Surroundings, 'signal' | 'onSignal'> => {
	const controller = new AbortController();
	let isPassedOn = false;
	for (const name of ['SIGINT', 'SIGTERM'] as const) {
		const hear = () => {
			if (isPassedOn) return;
			// The second of its kind ends us, whatever we are at.
			process.off(name, hear);
			controller.abort();
		};
		process.on(name, hear);
	}
	return {
		signal: controller.signal,
		onSignal: (listener) => {
			isPassedOn = true;
			for (const name of passedOn) process.on(name, listener);
			return () => {
				isPassedOn = false;
				for (const name of passedOn) process.off(name, listener);
			};
		},
	};
};

type Needs = {readonly daemon: boolean; readonly services: boolean};

type Reached = Pick<Surroundings, 'services' | 'containerd'> & {readonly address: string};

/** For a verb that says it asks nobody: one that does after all is a mistake of ours, and told as one. */
const nobody = <Services extends object>(what: string): Services =>
	new Proxy({} as Services, {
		get: () => {
			throw new Failure('internal', `a verb that needs no services asked ${what}`);
		},
	});

/** Loaded here, not above: `--help`, a mistyped verb and `compose config` need neither gRPC nor a daemon. */
const reach = async (settings: Settings, {insecureRegistry}: GlobalFlags, needs: Needs, version: string): Promise<Reached> => {
	const said = settings.address?.value ?? '';
	if (!needs.services) return {address: said, services: nobody('the services'), containerd: nobody('containerd')};
	const [{networkPlaces, openDaemon}, {findDaemon}, {openRegistries, registryAccess}, {openBuildRuns, openBuilds}, {createContainerd}] = await Promise.all([
		import('./daemon.ts'),
		import('./find-daemon.ts'),
		import('./registries.ts'),
		import('./builds.ts'),
		import('../clients/containerd/index.ts'),
	]);
	const speakTo = (each: string) => createContainerd({address: each});
	// A verb that works without a daemon gets a client that is never asked anything.
	const address = needs.daemon ? (await findDaemon(settings, speakTo, process.env, process.geteuid?.() ?? 0)).address : said;
	const daemon = openDaemon({address, containerd: speakTo(address)}, settings.dataRoot.value, networkPlaces(settings), registryAccess(settings, insecureRegistry, version));
	const builds = openBuilds(daemon);
	const buildRuns = openBuildRuns(settings.stateDirectory, () => builds);
	const services = {...daemon, registries: openRegistries(settings, insecureRegistry, version), builds, buildRuns};
	return {address, services, containerd: daemon.containerd};
};

const connect = async (flags: GlobalFlags, needs: Needs, version: string): Promise<Surroundings> => {
	const {settings, loaded} = await readSettings(flags, process.env);
	const {address, services, containerd} = await reach(settings, flags, needs, version);
	return {
		global: {
			address,
			namespace: settings.namespace?.value ?? 'default',
			snapshotter: settings.snapshotter.value,
			dataRoot: settings.dataRoot.value,
			get cgroupManager() {
				return cgroupManager(settings);
			},
		},
		services,
		containerd,
		host: lineHost,
		stdout,
		stderr,
		stdin,
		terminal,
		...interruption(),
		readonly: flags.readonly || loaded.preferences.readonly,
		env: process.env,
		clock: Date.now,
		sleep: lineSleep,
		version,
	};
};

/** One verb from the command line; answers its exit code. */
export const runVerb = async (argv: readonly string[], version: string): Promise<number> =>
	runLine(argv, {stdout, stderr, version, makeContext: async (flags, needs) => connect(flags, needs, version)});

export {hasVerb};

/** The same for who starts with a verb and has no other use for the program; whatever happens, there is an exit code. */
export const main = async (argv: readonly string[], version: string): Promise<number> => {
	try {
		return await runVerb(argv, version);
	} catch (error) {
		stderr.write(`gantry: ${sentence(error)}\n`);
		return 1;
	}
};
