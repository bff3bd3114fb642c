import {Failure} from '../../errors.ts';
import {defaultProfileName} from '../apparmor-profile.ts';
import type {CreateRequest} from '../create-request.ts';
import type {ImageConfig} from './image-config.ts';
import type {SpecInput} from './input.ts';
import type {OciProcess} from './types.ts';

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** As Docker has it: what the user gives replaces the image's Cmd, and an entrypoint of the user's drops it. */
export const commandOf = ({args, entrypoint}: Pick<CreateRequest, 'args' | 'entrypoint'>, image: ImageConfig | undefined): readonly string[] => {
	const words =
		entrypoint === undefined ? [...(image?.Entrypoint ?? []), ...(args.length > 0 ? args : (image?.Cmd ?? []))] : [...entrypoint.filter(word => word !== ''), ...args];
	if (words.length === 0) throw new Failure('invalid', 'There is no command to run: neither the image nor the command line names one', {hint: 'add a command after the image'});
	return words;
};

const nameOf = (variable: string): string => variable.split('=', 1)[0] ?? variable;

/**
The image's variables keep their places; later ones win. A name without a value takes a variable away. Whoever names HOSTNAME or TERM
wins over what we would say.
*/
export const environmentOf = ({request, image, hostname}: Pick<SpecInput, 'request' | 'image' | 'hostname'>): readonly string[] => {
	const variables = new Map<string, string | undefined>();
	const set = (variable: string): void => {
		const name = nameOf(variable);
		if (variable.includes('=')) variables.set(name, variable);
		else variables.delete(name);
	};
	image?.Env.forEach(set);
	if (!variables.has('PATH')) set(defaultPath);
	if (request.process.terminal) set('TERM=xterm');
	request.process.env.forEach(set);
	if (hostname !== '' && !request.process.env.some(variable => nameOf(variable) === 'HOSTNAME')) set(`HOSTNAME=${hostname}`);
	return [...variables.values()].filter(variable => variable !== undefined);
};

const inits = new Set(['/sbin/init', '/usr/sbin/init', '/usr/local/sbin/init']);

/** True when the container runs systemd, which needs mounts, cgroups and a stop signal of its own. */
export const isSystemd = (request: CreateRequest, image: ImageConfig | undefined): boolean =>
	request.process.systemd === 'always' || (request.process.systemd === 'true' && inits.has(commandOf(request, image)[0] ?? ''));

/** What the label of the stop signal says. */
export const stopSignalOf = (request: CreateRequest, image: ImageConfig | undefined): string =>
	isSystemd(request, image) ? 'SIGRTMIN+3' : (request.stopSignal ?? (image?.StopSignal || 'SIGTERM'));

/** Where the init program is in the container. */
export const initDestination = (initPath: string): string => `/sbin/${initPath.slice(initPath.lastIndexOf('/') + 1)}`;

export const processOf = (input: SpecInput, capabilities: readonly string[]): OciProcess => {
	const {request, image, user, initPath} = input;
	const {process, security} = request;
	const command = commandOf(request, image);
	const apparmorProfile = apparmorProfileOf(input);
	return {
		...(process.terminal ? {terminal: true} : {}),
		user: {
			uid: user.uid,
			gid: user.gid,
			...(process.umask === undefined ? {} : {umask: process.umask}),
			// Its own group is always one of them, else a file that only that group may not read could be read.
			additionalGids: user.additionalGids.includes(user.gid) ? user.additionalGids : [user.gid, ...user.additionalGids],
		},
		args: initPath === undefined ? command : [initDestination(initPath), '--', ...command],
		env: environmentOf(input),
		cwd: process.workingDirectory ?? (image?.WorkingDir || '/'),
		capabilities: {bounding: capabilities, effective: capabilities, permitted: capabilities},
		...(process.ulimits.length > 0 ? {rlimits: process.ulimits.map(({name, soft, hard}) => ({type: `RLIMIT_${name.toUpperCase()}`, hard, soft}))} : {}),
		...(security.noNewPrivileges && !security.privileged ? {noNewPrivileges: true} : {}),
		...(apparmorProfile === undefined ? {} : {apparmorProfile}),
		...(process.oomScoreAdj === undefined ? {} : {oomScoreAdj: process.oomScoreAdj}),
	};
};

const apparmorProfileOf = ({request: {security}, host}: SpecInput): string | undefined => {
	if (security.privileged || security.apparmor === 'unconfined') return undefined;
	if (security.apparmor === undefined) return host.apparmorProfiles.includes(defaultProfileName) ? defaultProfileName : undefined;
	if (host.apparmor === 'unavailable') {
		throw new Failure('unsupported', `AppArmor profile ${security.apparmor} can't be applied: this machine's kernel has no AppArmor`, {
			hint: 'leave out --security-opt apparmor=…',
		});
	}
	return security.apparmor;
};
