import type {Host} from '../../clients/host/types.ts';
import {Failure} from '../../errors.ts';
import {lookUpUser, type UserIds} from '../../model/passwd.ts';
import type {SpecProcess} from './spec.ts';
import type {ExecOptions} from './types.ts';

/** The process to exec: the container's own with what the caller changed, so that limits, labels and capabilities stay as they are. */
export const execProcess = (
	base: SpecProcess,
	options: ExecOptions,
	{user, capabilities}: {readonly user?: UserIds; readonly capabilities?: readonly string[]} = {},
): Readonly<Record<string, unknown>> => {
	const {consoleSize: _, ...rest} = base;
	const env = mergeEnv(base.env ?? [], options.env ?? []);
	return {
		...rest,
		terminal: options.terminal,
		...(options.terminal && options.size !== undefined ? {consoleSize: {width: options.size.columns, height: options.size.rows}} : {}),
		args: options.args,
		cwd: options.workingDirectory ?? base.cwd ?? '/',
		env: options.terminal && !env.some(item => item.startsWith('TERM=')) ? [...env, 'TERM=xterm'] : env,
		...(user === undefined ? {} : {user}),
		// Not inheritable: a program that changes its user shall not keep them.
		...(capabilities === undefined ? {} : {capabilities: {bounding: capabilities, effective: capabilities, permitted: capabilities}}),
	};
};

/** A later `NAME=value` replaces an earlier one in its place; a bare `NAME` removes it. */
export const mergeEnv = (base: readonly string[], changes: readonly string[]): string[] => {
	const merged = new Map<string, string>();
	for (const item of [...base, ...changes]) {
		const name = item.split('=', 1)[0] ?? '';
		if (item.includes('=')) merged.set(name, item);
		else merged.delete(name);
	}
	return [...merged.values()];
};

/** Names are the container's, not this machine's: its own files say who they are. */
export const resolveUser = async (host: Pick<Host, 'withContainerRoot'>, pid: number, user: string): Promise<UserIds> => {
	const found = await host.withContainerRoot(pid, async root => {
		const [passwd, group] = await Promise.all([root.readText('/etc/passwd'), root.readText('/etc/group')]);
		return lookUpUser(user, passwd ?? '', group ?? '');
	});
	if ('unknown' in found) throw new Failure('invalid', `the container knows no ${found.unknown}`, {hint: 'give the number instead'});
	return found;
};

/** Privileged means all that the shim has, the parent of every first process: more than that runc could not give. */
export const shimCapabilities = async (host: Pick<Host, 'processes' | 'capabilities'>, pid: number): Promise<readonly string[]> => {
	const [first] = await host.processes([pid]);
	if (first === undefined) throw new Failure('not-found', 'its first process has ended');
	return host.capabilities(first.parentPid);
};
