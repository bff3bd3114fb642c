import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {findDockerCompose} from '../../scripts/lab/docker-compose.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {render} from '../../source/model/compose/render.ts';
import {withoutUnused} from '../../source/model/compose/select.ts';
import {loadProject} from '../../source/services/compose/index.ts';

const fixtures = fileURLToPath(new URL('../fixtures/compose/', import.meta.url));

const docker = findDockerCompose();

type Case = {
	readonly folder: string;
	readonly files?: readonly string[];
	readonly profiles?: readonly string[];
	readonly name?: string;
	/** Where the person stands, below the folder. */
	readonly cwd?: string;
	readonly envFiles?: readonly string[];
	readonly projectDirectory?: string;
	readonly env?: Readonly<Record<string, string>>;
};

const cases: readonly Case[] = [
	{folder: 'anchors'},
	{folder: 'build'},
	{folder: 'deploy'},
	{folder: 'extends'},
	{folder: 'files'},
	{folder: 'files', files: ['compose.yaml']},
	{folder: 'include'},
	{folder: 'include', name: 'another-name'},
	{folder: 'long-syntax'},
	{folder: 'merge', files: ['compose.yaml', 'second.yaml']},
	{folder: 'networks'},
	{folder: 'other'},
	{folder: 'profiles'},
	{folder: 'profiles', profiles: ['debug']},
	{folder: 'profiles', profiles: ['debug', 'test']},
	{folder: 'short-syntax'},
	{folder: 'tags', files: ['compose.yaml', 'second.yaml']},
	{folder: 'variables'},
	{folder: 'documents'},
	{folder: 'documents', cwd: 'deeper/still'},
	{folder: 'env-files'},
	{folder: 'env-files', envFiles: ['other.env']},
	{folder: 'env-files', envFiles: ['other.env', 'later.env']},
	{folder: 'env-files', env: {COMPOSE_ENV_FILES: 'later.env,other.env', TAG: 'said'}},
	{folder: 'env-files', env: {COMPOSE_PROJECT_NAME: 'named', PASSED: 'passed'}},
	{folder: 'extensions'},
	{folder: 'fragments'},
	{folder: 'healthchecks'},
	{folder: 'include-extends'},
	{folder: 'include-extends', env: {VERSION: 'outer'}},
	{folder: 'layers', files: ['base/compose.yaml', 'compose.yaml']},
	{folder: 'layers', files: ['compose.yaml', 'base/compose.yaml']},
	{folder: 'layers', files: ['base/compose.yaml', 'compose.yaml'], projectDirectory: '.'},
	{folder: 'layers', cwd: 'base'},
	{folder: 'layers', env: {COMPOSE_FILE: 'base/compose.yaml:compose.yaml'}},
	{folder: 'override-file'},
	{folder: 'profiles', env: {COMPOSE_PROFILES: 'test,debug'}},
	{folder: 'profiles-all', profiles: ['*']},
	{folder: 'profiles-all', env: {COMPOSE_PROFILES: '*'}},
	{folder: 'quantities'},
	{folder: 'stacked', files: ['one.yaml', 'two.yaml']},
	{folder: 'stacked', files: ['one.yaml', 'two.yaml', 'three.yaml']},
	{folder: 'watch'},
];

const environment = {HOME: '/home/somebody', PATH: '/usr/bin:/bin', TOKEN: 'secret', CONFIG: 'config', FROM_ENV: 'environment', FROM_BOTH: 'environment'};

const titleOf = ({folder, cwd, files = [], profiles = [], name, envFiles = [], projectDirectory, env = {}}: Case): string =>
	[folder, cwd, ...files, ...profiles, name, ...envFiles, projectDirectory, ...Object.entries(env).map(([key, value]) => `${key}=${value}`)].filter(word => word !== undefined).join(' ');

const dockerReads = ({folder, cwd = '', files = [], profiles = [], name, envFiles = [], projectDirectory, env = {}}: Case): unknown => {
	const flags = [
		...files.flatMap(file => ['-f', file]),
		...profiles.flatMap(profile => ['--profile', profile]),
		...envFiles.flatMap(file => ['--env-file', file]),
		...(projectDirectory === undefined ? [] : ['--project-directory', projectDirectory]),
		...(name === undefined ? [] : ['-p', name]),
	];
	const {stdout, stderr, status} = spawnSync(docker!, [...flags, 'config'], {cwd: join(fixtures, folder, cwd), encoding: 'utf8', env: {...environment, ...env}});
	if (status !== 0) throw new Error(stderr);
	return parse(stdout);
};

const weRead = async ({folder, cwd = '', files = [], profiles = [], name, envFiles = [], projectDirectory, env = {}}: Case): Promise<unknown> => {
	const {project} = await loadProject({
		cwd: join(fixtures, folder, cwd),
		home: environment.HOME,
		env: {...environment, ...env},
		files,
		profiles,
		...(name === undefined ? {} : {projectName: name}),
		...(projectDirectory === undefined ? {} : {projectDirectory}),
		envFiles,
		services: [],
		interpolate: true,
		readStdin: async () => '',
	});
	return render(withoutUnused(project), {isInterpolated: true});
};

const isNothing = (value: unknown): boolean =>
	value === undefined || value === null || value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** Keys of which null and nothing mean the same, and false what is meant without them; but an environment's null is "not set". */
const normal = (value: unknown, key = ''): unknown => {
	if (Array.isArray(value)) return value.map(one => normal(one));
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).map(([name, one]) => [name, normal(one, name)] as const);
	return Object.fromEntries(entries.filter(([, one]) => key === 'environment' || !isNothing(one)));
};

/** docker compose prints `build.ssh` as `id: path`, which it can't read back; we print `id=path`. The order is a Go map's. */
const withSshAsWritten = (text: unknown): unknown =>
	JSON.parse(JSON.stringify(text), (key, value: unknown) => (key === 'ssh' && Array.isArray(value) ? value.map(one => String(one).replace(/^(\w+): /, '$1=')).sort() : value));

describe.skipIf(docker === undefined)(titled('docker compose config and ours mean the same', docker === undefined ? 'no docker compose here' : undefined), () => {
	test.each(cases.map(one => [titleOf(one), one] as const))('%s', async (_, one) => {
		expect(normal(withSshAsWritten(await weRead(one)))).toEqual(normal(withSshAsWritten(dockerReads(one))));
	});

	test('what we print, docker compose reads as the same project', async () => {
		for (const one of cases.filter(({folder}) => !['build', 'profiles', 'profiles-all'].includes(folder))) {
			const printed = await weRead(one);
			const {stdout, stderr, status} = spawnSync(docker!, ['-f', '-', 'config'], {cwd: `${fixtures}${one.folder}`, encoding: 'utf8', env: environment, input: JSON.stringify(printed)});
			expect({status, stderr: status === 0 ? '' : stderr}).toEqual({status: 0, stderr: ''});
			expect(normal(parse(stdout))).toEqual(normal(printed));
		}
	});
});

test('every fixture is read by both', () => {
	const folders = readdirSync(fixtures, {withFileTypes: true}).filter(entry => entry.isDirectory()).map(({name}) => name);
	expect([...new Set(cases.map(({folder}) => folder))].sort()).toEqual(folders.sort());
});
