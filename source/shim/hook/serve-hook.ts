import {readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {readCapabilities} from '../../clients/host/capabilities.ts';
import type {ContainerRecord} from '../../model/container.ts';
import {portMappings} from '../../model/docker-ports.ts';
import {wordsOf} from '../fail.ts';
import {type Offer, openOffer} from './offer.ts';
import {type HookCall, runHook} from './run-hook.ts';

export type HookEvent = 'createRuntime' | 'postStop';

/** A hook as the spec has it; all of it is somebody's JSON. */
type Hook = {readonly path?: unknown; readonly args?: unknown; readonly env?: unknown};

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter(each => typeof each === 'string') : []);

/** What our hooks are started as. */
const hookName = 'gantry-hook';

/** The hook of ours that this event has in the container's spec; undefined when there is none, or one of an earlier version, which asks nobody. */
const ownHook = ({spec}: Pick<ContainerRecord, 'spec'>, event: HookEvent): (Omit<HookCall, 'state'> & {readonly stateDir: string}) | undefined => {
	try {
		const text = Buffer.from(spec?.value ?? []).toString('utf8');
		// Most of a spec is not about hooks, and most containers have none of ours.
		if (!text.includes(hookName)) return undefined;
		const {hooks = {}} = JSON.parse(text) as {readonly hooks?: Readonly<Record<string, readonly Hook[]>>};
		for (const {path, args, env} of Object.values(hooks).flat()) {
			const [, duty, ...words] = textsOf(args);
			const stateDir = words[4];
			if (typeof path !== 'string' || basename(path) !== hookName || duty !== 'hook' || words[0] !== event || stateDir === undefined) continue;
			const variables = textsOf(env).map(variable => variable.split(/=(.*)/s, 2) as [string, string]);
			return {args: words, env: Object.fromEntries(variables), stateDir};
		}
	} catch {
		// No spec, or none that could be started.
	}
	return undefined;
};

/** What the daemon may do and plugins do. */
const needed = ['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_SYS_ADMIN', 'CAP_SYS_PTRACE'];

/** Files that plugins make are for whoever comes after them, as a daemon makes them. Read where asking sets nothing. */
const hasUsualMask = (): boolean => /^Umask:\t0022$/m.test(readFileSync('/proc/self/status', 'utf8'));

const mayDoAll = async (): Promise<boolean> => {
	const own = new Set(await readCapabilities(process.pid));
	return process.geteuid?.() === 0 && needed.every(name => own.has(name)) && hasUsualMask();
};

/** The process that holds published ports lives as long as the container: it must be a child of the daemon, not of somebody's session. */
const holdsPorts = ({labels}: ContainerRecord, stateDir: string): boolean => {
	let text: string | undefined;
	try {
		text = readFileSync(join(stateDir, 'network-config.json'), 'utf8');
	} catch {
		// Most have none.
	}
	return portMappings(text, labels).length > 0;
};

/** Loaded while the daemon is on its way to the hook. */
const duties = {
	createRuntime: async () => Promise.all([import('./create-runtime.ts'), import('./join-networks.ts')]),
	postStop: async () => import('./post-stop.ts'),
};

const open = async (record: ContainerRecord, event: HookEvent): Promise<Offer | undefined> => {
	const hook = ownHook(record, event);
	if (hook === undefined || !(await mayDoAll()) || (event === 'createRuntime' && holdsPorts(record, hook.stateDir))) return undefined;
	const opened = await openOffer(hook.stateDir, async (asked, state) => {
		try {
			await runHook({args: [asked, ...hook.args.slice(1)], env: hook.env, state});
			return {status: 0, words: ''};
		} catch (error) {
			return {status: 1, words: wordsOf(error)};
		}
	});
	duties[event]().catch(() => undefined);
	return opened;
};

/**
The daemon will be made to run this hook of the container. Until what this answers is called, this process, which is warm and only waits, offers to do
the work of the hook. That it can't is no failure: then the hook does it.
*/
export const serveHook = async (record: ContainerRecord, event: HookEvent): Promise<() => void> => {
	const offer = await open(record, event).catch(() => undefined);
	return () => offer?.withdraw();
};
