import {configHash} from '../hash.ts';
import type {Project, Service} from '../project.ts';

/** Docker's, so that its people and tools recognise what is here; nerdctl reads the first three. */
export const composeLabels = {
	project: 'com.docker.compose.project',
	service: 'com.docker.compose.service',
	hash: 'com.docker.compose.config-hash',
	number: 'com.docker.compose.container-number',
	oneOff: 'com.docker.compose.oneoff',
	workingDirectory: 'com.docker.compose.project.working_dir',
	files: 'com.docker.compose.project.config_files',
	dependsOn: 'com.docker.compose.depends_on',
	image: 'com.docker.compose.image',
	version: 'com.docker.compose.version',
	network: 'com.docker.compose.network',
	volume: 'com.docker.compose.volume',
} as const;

/** Who made a container: only its own hash can be compared with ours. */
export const maker = 'gantry';

const dependsOn = ({depends_on: all = {}}: Service): string =>
	Object.entries(all)
		.map(([name, {condition, restart}]) => `${name}:${condition}:${String(restart === true)}`)
		.sort()
		.join(',');

export type Replica = {readonly number: number; readonly isOneOff: boolean; /** Of the image, when it is known. */ readonly imageDigest?: string};

export const containerLabelsOf = (project: Project, name: string, {number, isOneOff, imageDigest}: Replica): Readonly<Record<string, string>> => ({
	...project.services[name]?.labels,
	[composeLabels.project]: project.name,
	[composeLabels.service]: name,
	[composeLabels.hash]: configHash(project, name),
	[composeLabels.number]: String(number),
	[composeLabels.oneOff]: isOneOff ? 'True' : 'False',
	[composeLabels.workingDirectory]: project.workingDirectory,
	[composeLabels.files]: project.files.join(','),
	[composeLabels.dependsOn]: dependsOn(project.services[name] ?? {}),
	[composeLabels.version]: maker,
	...(imageDigest === undefined ? {} : {[composeLabels.image]: imageDigest}),
});

export const networkLabelsOf = (project: Project, key: string): Readonly<Record<string, string>> => ({
	...project.networks[key]?.labels,
	[composeLabels.project]: project.name,
	[composeLabels.network]: key,
});

export const volumeLabelsOf = (project: Project, key: string): Readonly<Record<string, string>> => ({
	...project.volumes[key]?.labels,
	[composeLabels.project]: project.name,
	[composeLabels.volume]: key,
});
