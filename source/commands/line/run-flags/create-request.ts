import {resolve} from 'node:path';
import {Failure} from '../../../errors.ts';
import type {CreateRequest, HealthRequest, ProcessRequest, SecurityRequest} from '../../../model/create-request.ts';
import {parsePlatform} from '../../../model/platform.ts';
import {bytesOf, durationOf, pairsOf, parseLog, parseMount, parseRestart, parseSecurity, parseTmpfs, parseUlimit, parseVolume, strictPairsOf} from '../../../model/request/index.ts';
import {signalNumber} from '../../../model/signal.ts';
import {networkOf} from './network.ts';
import {type CreateFlags, resourcesOf} from './resources.ts';
import {checkedKeys, readEnvironment, readLabels, readProfile} from './texts.ts';

export type CreateSurroundings = {
	readonly namespace: string;
	readonly snapshotter: string;
	readonly cgroupManager: CreateRequest['cgroupManager'];
	/** Where a variable without a value gets one. */
	readonly env: Readonly<Record<string, string | undefined>>;
};

const invalid = (message: string, hint?: string): Failure => new Failure('invalid', message, hint === undefined ? {} : {hint});

const oneOf = <const Word extends string>(flag: string, text: string, words: readonly Word[]): Word => {
	const found = words.find(word => word === text);
	if (found === undefined) throw invalid(`--${flag} is ${JSON.stringify(text)}`, `it is ${words.join(' or ')}`);
	return found;
};

/** Of flags that nerdctl has for other systems: only what changes nothing is taken. */
const refuseOthers = ({isolation, verify, userns}: CreateFlags): void => {
	if (isolation && isolation !== 'default') throw invalid('flag --isolation is not supported: on Linux there is only default');
	if (verify && verify !== 'none') throw invalid('flag --verify is not supported: verify the signature before, and run the image by its digest');
	if (userns && userns !== 'host') throw invalid('flag --userns is not supported: containers have no user namespace here');
};

const container = /^container:.+/;

const pidOf = (text: string): string => {
	if (text !== 'host' && !container.test(text)) throw invalid('invalid pid namespace. Set --pid=[host|container:<name|id>]');
	return text;
};

const ipcOf = (text: string): string => {
	if (!['host', 'private', 'shareable'].includes(text) && !container.test(text)) throw invalid('invalid ipc namespace. Set --ipc=[private|shareable|host|container:<name|id>]');
	return text;
};

const umaskOf = (text: string): number => {
	if (!/^0*[0-7]{1,4}$/.test(text)) throw invalid(`invalid Umask Value:${text}`, 'write it in octal, as 0022');
	return Number.parseInt(text, 8);
};

const within = (flag: string, value: number, least: number, most: number): number => {
	if (value < least || value > most) throw invalid(`invalid value ${value} for --${flag}, the range is [${least}, ${most}]`);
	return value;
};

const processOf = (flags: CreateFlags, env: readonly string[]): ProcessRequest => ({
	terminal: flags.tty,
	interactive: flags.interactive,
	...(flags.user ? {user: flags.user} : {}),
	...(flags.umask === undefined ? {} : {umask: umaskOf(flags.umask)}),
	groups: [...new Set(flags.groupAdd)],
	...(flags.workdir ? {workingDirectory: flags.workdir} : {}),
	env,
	...(flags.hostname ? {hostname: flags.hostname} : {}),
	...(flags.domainname ? {domainname: flags.domainname} : {}),
	init: flags.init || flags.initBinary !== undefined,
	...(flags.initBinary === undefined ? {} : {initBinary: flags.initBinary}),
	ulimits: [...new Map(flags.ulimit.map(parseUlimit).map(limit => [limit.name, limit])).values()],
	...(flags.oomScoreAdj === undefined ? {} : {oomScoreAdj: within('oom-score-adj', flags.oomScoreAdj, -1000, 1000)}),
	...(flags.pid ? {pid: pidOf(flags.pid)} : {}),
	...(flags.uts ? {uts: oneOf('uts', flags.uts, ['host'])} : {}),
	...(flags.ipc ? {ipc: ipcOf(flags.ipc)} : {}),
	...(flags.cgroupns ? {cgroupns: oneOf('cgroupns', flags.cgroupns, ['host', 'private'])} : {}),
	...(flags.shmSize ? {shmBytes: bytesOf('shm-size', flags.shmSize)} : {}),
	systemd: oneOf('systemd', flags.systemd, ['false', 'true', 'always']),
});

const securityOf = async (flags: CreateFlags): Promise<SecurityRequest> => {
	const {seccomp, ...options} = parseSecurity(flags.securityOpt, flags.privileged);
	return {
		...options,
		privileged: flags.privileged,
		capAdd: flags.capAdd.filter(name => name !== ''),
		capDrop: flags.capDrop.filter(name => name !== ''),
		...(seccomp === undefined ? {} : {seccomp: seccomp === 'unconfined' ? seccomp : await readProfile(seccomp)}),
		readOnly: flags.readOnly,
		sysctls: strictPairsOf('sysctl', flags.sysctl),
	};
};

const healthOf = (flags: CreateFlags): HealthRequest | 'none' | undefined => {
	const span = (flag: string, text: string | undefined): number | undefined => (text === undefined ? undefined : durationOf(flag, text) || undefined);
	if (flags.healthRetries !== undefined && flags.healthRetries < 0) throw invalid('--health-retries cannot be negative');
	const parts = {
		command: flags.healthCmd || undefined,
		intervalMs: span('health-interval', flags.healthInterval),
		timeoutMs: span('health-timeout', flags.healthTimeout),
		retries: flags.healthRetries || undefined,
		startPeriodMs: span('health-start-period', flags.healthStartPeriod),
	};
	const said = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as HealthRequest;
	const isSaid = Object.keys(said).length > 0;
	if (flags.noHealthcheck && isSaid) throw invalid('--no-healthcheck conflicts with --health-* options');
	return flags.noHealthcheck ? 'none' : isSaid ? said : undefined;
};

const stopOf = ({stopSignal, stopTimeout}: CreateFlags): Pick<CreateRequest, 'stopSignal' | 'stopTimeoutSeconds'> => {
	if (stopSignal && signalNumber(stopSignal) === undefined) throw invalid(`Invalid signal: ${stopSignal}`, 'name one as kill does, such as TERM, HUP or 9');
	if (stopTimeout !== undefined && stopTimeout < -1) throw invalid(`--stop-timeout must not be negative, got ${stopTimeout}`);
	return {...(stopSignal ? {stopSignal} : {}), ...(stopTimeout === undefined ? {} : {stopTimeoutSeconds: stopTimeout})};
};

/** Runtimes of this name are what runs without a word. */
const usualRuntime = 'io.containerd.runc.v2';

/** What the flags and arguments of `run` and `create` ask for. Files that they name are read, and nothing else is touched. */
export const createRequestOf = async (flags: CreateFlags, args: readonly string[], {namespace, snapshotter, cgroupManager, env}: CreateSurroundings): Promise<CreateRequest> => {
	refuseOthers(flags);
	const [first = '', ...rest] = args;
	const command = rest[0] === '--' ? rest.slice(1) : rest;
	if (first === '') throw invalid(flags.rootfs ? 'a directory to run in is required' : 'an image is required');
	const [variables, labels, security] = await Promise.all([
		readEnvironment(flags.env, flags.envFile, env),
		readLabels(flags.label, flags.labelFile),
		securityOf(flags),
	]);
	const restart = parseRestart(flags.restart);
	if (flags.rm && restart.kind !== 'no') throw invalid('conflicting options: cannot specify both --restart and --rm');
	if (flags.platform) parsePlatform(flags.platform);
	const health = healthOf(flags);
	return {
		namespace,
		snapshotter,
		image: flags.rootfs ? '' : first,
		...(flags.rootfs ? {rootfs: resolve(first)} : {}),
		args: command,
		...(flags.entrypoint.length > 0 ? {entrypoint: flags.entrypoint} : {}),
		...(flags.platform ? {platform: flags.platform} : {}),
		pull: oneOf('pull', flags.pull, ['always', 'missing', 'never']),
		...(flags.name ? {name: flags.name} : {}),
		labels,
		annotations: checkedKeys(pairsOf(flags.annotation), 'annotation'),
		process: processOf(flags, variables),
		network: networkOf(flags),
		resources: resourcesOf(flags),
		security,
		mounts: [...flags.volume.map(parseVolume), ...flags.tmpfs.map(parseTmpfs), ...flags.mount.map(parseMount)],
		volumesFrom: flags.volumesFrom,
		log: parseLog(flags.logDriver, flags.logOpt),
		restart,
		...(health === undefined ? {} : {health}),
		autoRemove: flags.rm,
		...stopOf(flags),
		...(flags.runtime && flags.runtime !== usualRuntime ? {runtime: flags.runtime} : {}),
		cgroupManager,
		...(flags.cidfile ? {cidFile: resolve(flags.cidfile)} : {}),
		...(flags.pidfile ? {pidFile: resolve(flags.pidfile)} : {}),
	};
};
