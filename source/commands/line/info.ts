import {dockerInfo, infoText} from '../../model/docker-info.ts';
import type {Plugin} from '../../model/snapshot.ts';
import {goStruct, sliceOf} from '../../model/template-struct.ts';
import {modeOf} from './inspect-output.ts';
import {parseFormat, print, write} from './output.ts';
import {defineLine, type Surroundings} from './types.ts';

const isSnapshotter = ({type, initError}: Plugin): boolean => type.startsWith('io.containerd.snapshotter.') && initError === undefined;

const askDaemon = async ({containerd, signal}: Surroundings) => {
	const [version, server, plugins] = await Promise.all([
		containerd.version({signal}),
		containerd.server({signal}),
		containerd.plugins({signal}),
	]);
	return {version, server, plugins};
};

const compat = async (context: Surroundings) => {
	const {global, host, clock} = context;
	const [{version, server, plugins}, facts] = await Promise.all([askDaemon(context), host.facts()]);
	return dockerInfo({
		...facts,
		uuid: server.uuid,
		version: version.version,
		snapshotter: global.snapshotter,
		snapshotters: plugins.filter(isSnapshotter).map(({id}) => id),
		now: clock(),
	});
};

const platform = (text: string) => {
	const [os = '', architecture = '', variant = ''] = text.split('/');
	return goStruct('*types.Platform', {os, architecture, variant}, {omitEmpty: ['variant']});
};

const plugin = ({type, id, platforms, capabilities, exports, initError}: Plugin) =>
	goStruct(
		'*introspection.Plugin',
		{
			type,
			id,
			platforms: platforms.map(platform),
			exports,
			capabilities: sliceOf(capabilities),
			init_err: initError === undefined ? undefined : goStruct('*status.Status', initError),
		},
		{omitEmpty: ['platforms', 'exports', 'capabilities', 'init_err']},
	);

const native = async (context: Surroundings) => {
	const {global} = context;
	const [{version, server, plugins}, facts] = await Promise.all([askDaemon(context), context.host.facts()]);
	return goStruct(
		'*native.Info',
		{
			Namespace: global.namespace,
			Snapshotter: global.snapshotter,
			CgroupManager: facts.cgroupVersion === 2 && facts.hasSystemd ? 'systemd' : 'cgroupfs',
			Rootless: false,
			Daemon: {Plugins: {plugins: plugins.map(plugin)}, Server: server, Version: version},
		},
		{omitEmpty: ['Rootless']},
	);
};

const nativeText = ({Namespace, Snapshotter, CgroupManager, Rootless, Daemon}: Awaited<ReturnType<typeof native>>): string => {
	const names = (isEnabled: boolean) =>
		Daemon.Plugins.plugins
			.filter(({init_err: problem}) => (problem === undefined) === isEnabled)
			.map(({type, id}) => ` - ${type}.${id}`)
			.sort();
	return [
		`Namespace:          ${Namespace}`,
		`Snapshotter:        ${Snapshotter}`,
		`Cgroup Manager:     ${CgroupManager}`,
		`Rootless:           ${Rootless}`,
		`containerd Version: ${Daemon.Version.version} (${Daemon.Version.revision})`,
		`containerd UUID:    ${Daemon.Server.uuid}`,
		'containerd Plugins:',
		...names(true),
		'containerd Plugins (disabled):',
		...names(false),
		'',
	].join('\n');
};

export const info = defineLine({
	verbs: ['info', 'system info'],
	summary: 'Display system-wide information',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		format: {type: 'string', shortFlag: 'f', default: '', placeholder: 'FORMAT', help: "json or a Go template such as '{{.Driver}}'"},
		mode: {type: 'string', default: 'dockercompat', placeholder: 'MODE', help: "dockercompat for Docker's shape, native for containerd's"},
	},
	async run(context) {
		const {flags, stderr, global} = context;
		const mode = modeOf(flags.mode);
		const format = parseFormat(flags.format, {refused: []});
		if (mode === 'native') {
			const object = await native(context);
			await print(context, format.kind === 'template' ? `${format.template(object)}\n` : nativeText(object));
			return 0;
		}
		const object = await compat(context);
		if (format.kind === 'template') {
			await print(context, `${format.template(object)}\n`);
			return 0;
		}
		await print(context, infoText(object, global.namespace));
		if (object.Warnings.length > 0) await write(stderr, `${object.Warnings.join('\n')}\n`);
		return 0;
	},
});
