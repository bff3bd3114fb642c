import {arch, platform} from 'node:process';
import {goStruct, nilSlice} from '../../model/template-struct.ts';
import {compileTemplate} from '../../model/template.ts';
import {machineArchitecture} from './platform.ts';
import {print} from './output.ts';
import {defineLine, type Surroundings} from './types.ts';

type Component = {readonly Name: string; readonly Version: string; readonly Details: Readonly<Record<string, string>>};

const component = (name: string, version: string, details: Readonly<Record<string, string>>): Component =>
	goStruct('dockercompat.ComponentVersion', {Name: name, Version: version, Details: details}, {omitEmpty: ['Details']});

const clientOf = (version: string) =>
	goStruct('dockercompat.ClientVersion', {
		Version: version,
		GitCommit: '',
		GoVersion: '',
		Os: platform,
		Arch: arch === 'x64' || arch === 'ia32' ? machineArchitecture() : arch,
		Components: nilSlice,
	});

/** `runc --version`: `runc version 1.1.5`, then `commit: …` and more. */
const runcOf = async ({host, signal}: Surroundings): Promise<Component> => {
	const result = await host.run('runc', ['--version'], {signal});
	const [first = '', ...rest] = (result?.stdout ?? '').split('\n');
	const commit = rest.map(line => /^commit:\s*(.*)$/.exec(line)?.[1]).find(text => text !== undefined);
	return component('runc', /^runc version (\S+)/.exec(first)?.[1] ?? '', commit === undefined ? {} : {GitCommit: commit});
};

const objectOf = (version: string, components: readonly Component[] | undefined) =>
	goStruct('dockercompat.VersionInfo', {
		Client: clientOf(version),
		Server: components === undefined ? null : goStruct('*dockercompat.ServerVersion', {Components: components}),
	});

const textOf = ({Client, Server}: ReturnType<typeof objectOf>): string => {
	const lines = ['Client:', ` Version:\t${Client.Version}`, ` OS/Arch:\t${Client.Os}/${Client.Arch}`];
	if (Server !== null) {
		lines.push('', 'Server:');
		for (const {Name, Version, Details} of Server.Components) {
			lines.push(` ${Name}:`, `  Version:\t${Version}`, ...Object.entries(Details).map(([key, value]) => `  ${key}:\t${value}`));
		}
	}
	return `${lines.join('\n')}\n`;
};

const shown = (format: string, object: ReturnType<typeof objectOf>): string =>
	format === '' ? textOf(object) : `${compileTemplate(format)(object)}\n`;

export const version = defineLine({
	verbs: ['version'],
	summary: 'Show the version information',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		format: {
			type: 'string',
			shortFlag: 'f',
			default: '',
			placeholder: 'FORMAT',
			help: "json or a Go template such as '{{.Client.Version}}'",
		},
	},
	async run(context) {
		const {containerd, flags, signal, version: own, stdout} = context;
		try {
			const [daemon, runc] = await Promise.all([containerd.version({signal}), runcOf(context)]);
			await print(
				context,
				shown(flags.format, objectOf(own, [component('containerd', daemon.version, {GitCommit: daemon.revision}), runc])),
			);
		} catch (error) {
			stdout.write(shown(flags.format, objectOf(own, undefined)));
			throw error;
		}
		return 0;
	},
	runWithoutDaemon({flags, stdout, version: own}) {
		stdout.write(shown(String(flags['format'] ?? ''), objectOf(own, undefined)));
	},
});
