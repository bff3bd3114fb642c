import {spawn} from 'node:child_process';
import {accessSync, constants} from 'node:fs';
import {delimiter, join} from 'node:path';
import {Failure} from '../../errors.ts';
import type {CniOptions, RuntimeConf} from './types.ts';

export type CniCommand = 'ADD' | 'DEL' | 'CHECK' | 'STATUS' | 'VERSION';

/** Long enough for an iptables lock that others hold, short enough that nobody thinks we hang. */
const patienceMs = 10_000;

/** What plugins call themselves lives where only root's PATH may lead. */
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The first executable of that name. A type is a file name and no path, or a configuration could run any program. */
export const findPlugin = (type: string, pluginPath: string): string => {
	if (/[/\0]/.test(type) || type === '..' || type === '.') throw new Failure('invalid', `${JSON.stringify(type)} can not be the name of a CNI plugin`);
	for (const directory of pluginPath.split(delimiter).filter(Boolean)) {
		const path = join(directory, type);
		try {
			accessSync(path, constants.X_OK);
			return path;
		} catch {
			// The next directory may have it.
		}
	}
	throw new Failure('not-found', `The CNI plugin ${type} is not in ${pluginPath}`, {
		hint: 'install the CNI plugins (containernetworking-plugins), or say where they are with --cni-path',
	});
};

const environment = (command: CniCommand, {pluginPath, env = process.env}: CniOptions, conf: RuntimeConf | undefined): NodeJS.ProcessEnv => ({
	...env,
	PATH: [env['PATH'], systemPath].filter(Boolean).join(delimiter),
	CNI_COMMAND: command,
	CNI_PATH: pluginPath,
	...(conf === undefined
		? {}
		: {
				CNI_CONTAINERID: conf.containerId,
				CNI_NETNS: conf.netns,
				CNI_IFNAME: conf.ifName,
				CNI_ARGS: conf.args.map(pair => pair.join('=')).join(';'),
			}),
});

type Ended = {readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stdout: string; readonly stderr: string};

/**
A process group of its own: a plugin that hangs has often started an iptables that waits for a lock, and it must not go on after us. Its
pipes may be held by such a child, so what a killed plugin still says is not waited for.
*/
const run = async (path: string, input: string, env: NodeJS.ProcessEnv, options: CniOptions): Promise<Ended> =>
	new Promise((resolve, reject) => {
		const child = spawn(path, [], {env, detached: true, stdio: 'pipe'});
		const output: {stdout: Buffer[]; stderr: Buffer[]} = {stdout: [], stderr: []};
		const kill = (): void => {
			try {
				if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
			} catch {
				// It ended by itself meanwhile.
			}
		};
		const finish = (settle: () => void): void => {
			clearTimeout(timer);
			options.signal?.removeEventListener('abort', abort);
			settle();
		};
		const giveUp = (error: unknown): void =>
			finish(() => {
				kill();
				for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
				reject(error);
			});
		const timeoutMs = options.timeoutMs ?? patienceMs;
		const timer = setTimeout(() => giveUp(new Failure('timeout', `it did not end within ${timeoutMs / 1000} s and was killed`)), timeoutMs);
		const abort = (): void => giveUp(options.signal?.reason);
		for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (chunk: Buffer) => output[name].push(chunk));
		// It may end without reading what it was given.
		child.stdin.on('error', () => undefined);
		child.once('error', giveUp);
		child.once('close', (code, signal) =>
			finish(() =>
				resolve({code, signal, stdout: Buffer.concat(output.stdout).toString('utf8'), stderr: Buffer.concat(output.stderr).toString('utf8')}),
			),
		);
		if (options.signal?.aborted === true) abort();
		else options.signal?.addEventListener('abort', abort);
		child.stdin.end(input);
	});

/** `11` is CNI's "try again later". */
const tryAgain = 11;

/** Plugins tell what went wrong on stdout as JSON; those that fall over before they can, on stderr. */
const told = ({code, signal, stdout, stderr}: Ended): Failure => {
	try {
		const error = JSON.parse(stdout) as {readonly code?: unknown; readonly msg?: unknown; readonly details?: unknown};
		const text = [error.msg, error.details].filter(part => typeof part === 'string' && part !== '').join('; ');
		if (text !== '') return new Failure(error.code === tryAgain ? 'unavailable' : 'internal', text);
	} catch {
		// Not a word of JSON.
	}
	const words = (stderr.trim() || stdout.trim()).slice(-1000);
	return new Failure('internal', words !== '' ? words : signal !== null ? `it was ended by ${signal}` : `it ended with code ${code} and said nothing`);
};

/** Run one plugin; answers what it printed, undefined when nothing. The caller says in which network that was. */
export const runPlugin = async (
	type: string,
	command: CniCommand,
	config: Readonly<Record<string, unknown>>,
	conf: RuntimeConf | undefined,
	options: CniOptions,
): Promise<Readonly<Record<string, unknown>> | undefined> => {
	const path = findPlugin(type, options.pluginPath);
	const ended = await run(path, JSON.stringify(config), environment(command, options, conf), options);
	if (ended.code !== 0) throw told(ended);
	if (ended.stdout.trim() === '') return undefined;
	try {
		return JSON.parse(ended.stdout) as Readonly<Record<string, unknown>>;
	} catch (error) {
		throw new Failure('internal', 'it answered something that is not JSON', {cause: error});
	}
};
