import {Failure} from '../../../errors.ts';
import type {MountRequest} from '../../create-request.ts';
import {parseTmpfs} from '../../request/index.ts';
import type {FileMount, Mount, Project} from '../project.ts';

/** Where the bytes of a secret or a config are on this machine. */
export type FilePaths = {readonly secrets: Readonly<Record<string, string>>; readonly configs: Readonly<Record<string, string>>};

const unsupported = (path: string, hint: string): Failure => new Failure('unsupported', `${path} is not supported`, {hint});

const bindOptions = (mount: Mount, path: string): readonly string[] => {
	const {propagation, recursive, selinux} = mount.bind ?? {};
	if (recursive === 'writable') throw unsupported(`${path}.bind.recursive`, 'leave it out, or say readonly');
	return [
		...(propagation === undefined || propagation === '' ? [] : [propagation]),
		...(selinux === undefined ? [] : [selinux]),
		...(recursive === 'disabled' ? ['bind'] : []),
		...(recursive === 'readonly' ? ['rro'] : []),
	];
};

const tmpfsOptions = ({tmpfs}: Mount): readonly string[] => [
	...(tmpfs?.size === undefined ? [] : [`size=${tmpfs.size}`]),
	...(tmpfs?.mode === undefined ? [] : [`mode=${tmpfs.mode.toString(8)}`]),
];

const mountOf = (project: Project, mount: Mount, path: string): MountRequest => {
	const common = {target: mount.target, readOnly: mount.read_only === true};
	const source = mount.source ?? '';
	switch (mount.type) {
		case 'bind':
			// docker's short and long syntax differ here; loading has made it explicit for the short one.
			return {...common, type: 'bind', source, makeSource: mount.bind?.create_host_path ?? true, options: bindOptions(mount, path)};
		case 'volume':
			if (mount.volume?.subpath !== undefined) throw unsupported(`${path}.volume.subpath`, 'mount the whole volume');
			if (mount.volume?.nocopy === true) throw unsupported(`${path}.volume.nocopy`, "an empty volume is filled with what the image has there, as nerdctl does");
			return {...common, type: 'volume', source: source === '' ? '' : (project.volumes[source]?.name ?? source), makeSource: false, options: []};
		case 'tmpfs':
			return {...common, type: 'tmpfs', source: '', makeSource: false, options: tmpfsOptions(mount)};
		case 'image':
			if (mount.image?.subpath !== undefined) throw unsupported(`${path}.image.subpath`, 'mount the whole image');
			return {...common, type: 'image', source, makeSource: false, options: []};
		default:
			throw unsupported(`${path}.type ${mount.type}`, 'use bind, volume, tmpfs or image');
	}
};

type FileMounts = {readonly mounts: readonly MountRequest[]; readonly warnings: readonly string[]};

const folders = {secrets: '/run/secrets/', configs: '/'} as const;

const filesOf = (project: Project, name: string, kind: 'secrets' | 'configs', files: readonly FileMount[], paths: FilePaths): FileMounts => {
	const mounts = files.map((one): MountRequest => {
		const target = one.target ?? one.source;
		const source = paths[kind][one.source];
		if (source === undefined)
			throw new Failure('unsupported', `services.${name}.${kind} uses ${one.source}, which is ${project[kind][one.source]?.external === true ? 'external' : 'nowhere on this machine'}`, {
				hint: `give ${kind}.${one.source} a file, environment${kind === 'configs' ? ' or content' : ''}`,
			});
		return {type: 'bind', source, target: target.startsWith('/') ? target : `${folders[kind]}${target}`, readOnly: true, makeSource: false, options: []};
	});
	const owned = files.flatMap(({source, uid, gid, mode}) =>
		Object.entries({uid, gid, mode}).flatMap(([key, value]) => (value === undefined ? [] : [`services.${name}.${kind}.${source}.${key} is ignored: the file is mounted as it is`])),
	);
	return {mounts, warnings: owned};
};

export const mountsOf = (project: Project, name: string, paths: FilePaths): FileMounts => {
	const service = project.services[name] ?? {};
	const secrets = filesOf(project, name, 'secrets', service.secrets ?? [], paths);
	const configs = filesOf(project, name, 'configs', service.configs ?? [], paths);
	return {
		mounts: [
			...(service.volumes ?? []).map((mount, at) => mountOf(project, mount, `services.${name}.volumes[${at}]`)),
			...(service.tmpfs ?? []).map(parseTmpfs),
			...secrets.mounts,
			...configs.mounts,
		],
		warnings: [...secrets.warnings, ...configs.warnings],
	};
};
