import {Failure, failing} from '../../errors.ts';
import type {Container} from '../../model/container.ts';
import {type MountPoint, mountsLabel} from '../../model/docker-labels.ts';
import {labels} from '../../model/labels.ts';
import type {OciMount} from '../../model/mount-plan.ts';
import type {VolumesDependencies} from './dependencies.ts';
import type {CallSignal} from './types.ts';

/**
What `--volumes-from` brings: the mounts that the labels of the other containers name. nerdctl takes all mounts of their specs, their
`/etc/hosts` too, which then shows another container's name; ours are those that somebody asked for.
*/
export const inheritMounts = async (
	{containerd}: Pick<VolumesDependencies, 'containerd'>,
	namespace: string,
	volumesFrom: readonly string[],
	calling: CallSignal,
): Promise<ReadonlyArray<{readonly mount: OciMount; readonly point: MountPoint}>> => {
	if (volumesFrom.length === 0) return [];
	const known: Container[] = [];
	for await (const batch of containerd.containers.list(namespace, calling)) known.push(...batch);
	const byTarget = new Map<string, {readonly mount: OciMount; readonly point: MountPoint}>();
	for (const text of volumesFrom) {
		const {name, readOnly} = parse(text);
		for (const point of mountsLabel(choose(known, name).labels) ?? []) {
			if (point.Type === 'image') throw new Failure('unsupported', `${name} mounts image ${point.Source}, which can not be taken over`, {hint: 'mount it with --mount type=image'});
			byTarget.set(point.Destination, inherited(point, readOnly));
		}
	}
	return [...byTarget.values()];
};

const parse = (text: string): {readonly name: string; readonly readOnly: boolean} => {
	const [name = '', mode = 'rw', ...more] = text.split(':');
	if (name === '' || more.length > 0 || (mode !== 'ro' && mode !== 'rw')) throw new Failure('invalid', `${JSON.stringify(text)} is not CONTAINER[:ro|rw]`);
	return {name, readOnly: mode === 'ro'};
};

const choose = (known: readonly Container[], name: string): Container => {
	const exact = known.filter(container => container.id === name || container.labels[labels.name] === name);
	const found = exact.length > 0 ? exact : known.filter(({id}) => id.startsWith(name));
	const [first] = found;
	if (first === undefined) throw failing(`take the volumes of ${name}`, new Failure('not-found', 'no container has this name or id'));
	if (found.length > 1) throw failing(`take the volumes of ${name}`, new Failure('conflict', `${found.length} containers match`));
	return first;
};

const propagations = new Set(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']);

const inherited = (point: MountPoint, readOnly: boolean): {readonly mount: OciMount; readonly point: MountPoint} => {
	const words = point.Mode.split(',').filter(word => word !== '' && word !== 'rw' && !(readOnly && word === 'rro'));
	const mode = readOnly && !words.includes('ro') ? ['ro', ...words] : words;
	const isTmpfs = point.Type === 'tmpfs';
	const options = mode.filter(word => word !== 'z' && word !== 'Z');
	const isBound = options.includes('bind') || options.includes('rbind');
	// The label leaves out what nobody said; a bind mount that somebody asked for has it all the same.
	const isPrivate = point.Type === 'bind' && !options.some(word => propagations.has(word));
	return {
		mount: {destination: point.Destination, type: isTmpfs ? 'tmpfs' : 'bind', source: isTmpfs ? 'tmpfs' : point.Source, options: isTmpfs ? options : [...(isBound ? [] : ['rbind']), ...options, ...(isPrivate ? ['rprivate'] : [])]},
		point: {...point, Mode: mode.join(','), RW: point.RW && !readOnly},
	};
};
