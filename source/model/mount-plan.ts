import {posix} from 'node:path';
import {Failure} from '../errors.ts';
import type {MountRequest} from './create-request.ts';
import type {MountPoint} from './docker-labels.ts';

/** A mount as the OCI runtime spec has it. */
export type OciMount = {readonly destination: string; readonly type: string; readonly source: string; readonly options: readonly string[]};

/** What one request comes to, before anything is made of it. */
export type PlannedMount = {
	readonly request: MountRequest;
	/** Clean and absolute. */
	readonly target: string;
	readonly options: readonly string[];
	readonly propagation: string;
	/** nerdctl's Mode: what the user wrote behind the second colon. */
	readonly mode: string;
};

const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
const relabels = ['z', 'Z'];
const readModes = ['ro', 'rw', 'rro'];

const forbiddenVolumes = new Set(['/', '/dev', '/sys', '/proc']);

/** Where an image's VOLUME goes; nerdctl refuses these too. */
export const imageVolumeTarget = (path: string): string => {
	const target = cleanTarget(path);
	if (forbiddenVolumes.has(target)) throw new Failure('invalid', `the image declares a volume at ${path}, where none can be`);
	return target;
};

const cleanTarget = (path: string): string => {
	if (!path.startsWith('/')) throw new Failure('invalid', `invalid mount path: ${JSON.stringify(path)} is not absolute`);
	const target = posix.normalize(path).replace(/(.)\/+$/, '$1');
	if (target === '/') throw new Failure('invalid', 'nothing can be mounted over the root of a container');
	return target;
};

/** One of each kind of option may be given; what is not known is refused by name. */
export const planMount = (request: MountRequest): PlannedMount => {
	const target = cleanTarget(request.target);
	if (request.type === 'tmpfs') return planTmpfs(request, target);
	const known = [...propagations, ...relabels, ...readModes, 'bind', 'rbind'];
	const unknown = request.options.find((option) => option !== '' && !known.includes(option));
	if (unknown !== undefined) throw new Failure('invalid', `unknown mount option ${JSON.stringify(unknown)} for ${target}`);
	const propagation = only(request, propagations, 'propagation');
	const bind = only(request, ['bind', 'rbind'], 'bind/rbind');
	only(request, readModes, 'read/write');
	if (request.type !== 'bind') {
		if (propagation !== undefined) throw new Failure('invalid', `a propagation (${propagation}) can be given to a bind mount only, and ${target} is a ${request.type}`);
		if (bind !== undefined) throw new Failure('invalid', `${bind} can be given to a bind mount only, and ${target} is a ${request.type}`);
	}
	const readOnly = request.type === 'image' ? 'ro' : readOnlyOption(request);
	const effective = propagation ?? (request.type === 'bind' ? 'rprivate' : undefined);
	return {
		request,
		target,
		options: [bind ?? 'rbind', ...given(readOnly), ...given(effective)],
		propagation: propagation ?? '',
		mode: [...given(readOnly), ...request.options.filter((option) => option !== '' && !readModes.includes(option))].join(','),
	};
};

const given = (option: string | undefined): readonly string[] => (option === undefined ? [] : [option]);

const only = (request: MountRequest, among: readonly string[], kind: string): string | undefined => {
	const chosen = request.options.filter((option) => among.includes(option));
	if (chosen.length > 1) throw new Failure('invalid', `${request.target} has more than one ${kind} option: ${chosen.join(', ')}`);
	return chosen[0];
};

const readOnlyOption = ({readOnly, options}: MountRequest): string | undefined => {
	if (options.includes('rro')) return 'rro';
	return readOnly || options.includes('ro') ? 'ro' : undefined;
};

/** Opposites: the later one of them holds. */
const opposites: Readonly<Record<string, string>> = {
	...{exec: 'noexec', suid: 'nosuid', dev: 'nodev', rw: 'ro', atime: 'noatime', relatime: 'norelatime', diratime: 'nodiratime'},
	...{noexec: 'exec', nosuid: 'suid', nodev: 'dev', ro: 'rw', noatime: 'atime', norelatime: 'relatime', nodiratime: 'diratime'},
};
const tmpfsFlags = new Set([...Object.keys(opposites), 'async', 'sync', 'dirsync', 'mand', 'nomand', 'strictatime', 'nostrictatime', 'bind', 'rbind', ...propagations, 'runbindable', 'unbindable']);
const tmpfsValues = new Set(['size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol']);

const planTmpfs = (request: MountRequest, target: string): PlannedMount => {
	const options: string[] = [];
	for (const option of ['noexec', 'nosuid', 'nodev', ...request.options, ...(request.readOnly ? ['ro'] : [])]) {
		if (option === '') continue;
		const name = option.split('=')[0] as string;
		if (!(option.includes('=') ? tmpfsValues : tmpfsFlags).has(name)) throw new Failure('invalid', `invalid tmpfs option ${JSON.stringify(option)} for ${target}`);
		const at = options.findIndex((other) => other === option || other === opposites[option] || (option.includes('=') && other.startsWith(`${name}=`)));
		if (at >= 0) options.splice(at, 1);
		options.push(option);
	}
	return {request, target, options, propagation: '', mode: options.join(',')};
};

export const planMounts = (requests: readonly MountRequest[]): readonly PlannedMount[] => {
	const planned = requests.map(planMount);
	const seen = new Set<string>();
	for (const {target} of planned) {
		if (seen.has(target)) throw new Failure('invalid', `duplicate mount point: ${target}`);
		seen.add(target);
	}
	return planned;
};

export const pointOf = ({request, target, mode, options, propagation}: PlannedMount, source: string, name: string): MountPoint => ({
	Type: request.type,
	Name: name,
	Source: source,
	Destination: target,
	Driver: request.type === 'volume' ? 'local' : '',
	Mode: mode,
	RW: !options.includes('ro') && !options.includes('rro'),
	Propagation: propagation,
});

/** Parents before what is mounted inside them, as docker does. */
export const sortMounts = <Mount extends {readonly destination: string}>(mounts: readonly Mount[]): readonly Mount[] => {
	const depth = ({destination}: Mount): number => posix.normalize(destination).split('/').length;
	return mounts.toSorted((a, b) => depth(a) - depth(b));
};

/** The most that any of the propagations needs of the root's own. */
export const rootPropagation = (propagations: readonly string[]): 'shared' | 'rslave' | undefined => {
	if (propagations.some((propagation) => propagation.endsWith('shared'))) return 'shared';
	return propagations.some((propagation) => propagation.endsWith('slave')) ? 'rslave' : undefined;
};
