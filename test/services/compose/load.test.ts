import {describe, expect, test} from 'vitest';
import {configHash} from '../../../source/model/compose/hash.ts';
import {render} from '../../../source/model/compose/render.ts';
import {select, withoutUnused} from '../../../source/model/compose/select.ts';
import {loadFiles, service} from './project-files.ts';

const web = (image: string) => `services: {web: {image: "${image}"}}\n`;

const imageOf = async (...wanted: Parameters<typeof loadFiles>) => (await loadFiles(...wanted)).project.services['web']?.image;

describe('the files', () => {
	test.each([
		[['compose.yaml', 'compose.yml', 'docker-compose.yml'], 'compose.yaml'],
		[['compose.yml', 'docker-compose.yaml'], 'compose.yml'],
		[['docker-compose.yml', 'docker-compose.yaml'], 'docker-compose.yml'],
		[['compose.yaml', 'compose.override.yml'], 'compose.override.yml'],
		[['docker-compose.yaml', 'docker-compose.override.yaml'], 'docker-compose.override.yaml'],
	])('of %j the last word has %s', async (names, winner) => {
		expect(await imageOf(Object.fromEntries(names.map(name => [name, web(name)])))).toBe(winner);
	});

	test('above where one stands are found', async () => {
		const {project} = await loadFiles({'compose.yaml': web('above'), 'a/b/c': ''}, {in: 'a/b'});
		expect(project.services['web']?.image).toBe('above');
		expect(project.workingDirectory).not.toMatch(/\/a\/b$/);
	});

	test('of COMPOSE_FILE, in the environment or in .env, with a separator of its own', async () => {
		const files = {'one.yaml': web('one'), 'two.yaml': web('two')};
		expect(await imageOf(files, {env: {COMPOSE_FILE: 'one.yaml:two.yaml'}})).toBe('two');
		expect(await imageOf({...files, '.env': 'COMPOSE_FILE=two.yaml,one.yaml\nCOMPOSE_PATH_SEPARATOR=,'})).toBe('one');
		expect(await imageOf(files, {env: {COMPOSE_FILE: 'one.yaml'}, files: ['two.yaml']})).toBe('two');
	});

	test('may be stdin', async () => {
		const {project} = await loadFiles({}, {files: ['-'], readStdin: async () => web('stdin')});
		expect(project.services['web']?.image).toBe('stdin');
	});

	test('may hold several documents', async () => {
		expect(await imageOf({'compose.yaml': `${web('one')}---\n${web('two')}`})).toBe('two');
	});
});

describe('the name', () => {
	const named = {'My_Project.x/compose.yaml': `name: from-\${WHAT:-file}\n${web('x')}`};
	const unnamed = {'My_Project.x/compose.yaml': web('x')};
	test.each([
		[unnamed, {}, 'my_projectx'],
		[named, {}, 'from-file'],
		[named, {env: {WHAT: 'variable'}}, 'from-variable'],
		[named, {env: {COMPOSE_PROJECT_NAME: 'from-environment'}}, 'from-environment'],
		[{...named, 'My_Project.x/.env': 'COMPOSE_PROJECT_NAME=from-dot-env'}, {}, 'from-dot-env'],
		[named, {env: {COMPOSE_PROJECT_NAME: 'from-environment'}, projectName: 'from-flag'}, 'from-flag'],
		[unnamed, {projectDirectory: '.', files: ['compose.yaml']}, 'my_projectx'],
	])('%#: %j', async (files, options, name) => {
		const {project} = await loadFiles(files, {in: 'My_Project.x', ...options});
		expect(project.name).toBe(name);
		expect(project.environment.get('COMPOSE_PROJECT_NAME')).toBe(name);
		expect(project.networks['default']?.name).toBe(`${name}_default`);
	});
});

describe('variables', () => {
	test.each([
		[{'.env': 'TAG=dot'}, {}, 'dot'],
		[{'.env': 'TAG=dot'}, {env: {TAG: 'own'}}, 'own'],
		[{'.env': 'TAG=dot', 'a.env': 'TAG=a', 'b.env': 'TAG=b'}, {envFiles: ['a.env', 'b.env']}, 'b'],
		[{'a.env': 'TAG=a'}, {env: {COMPOSE_ENV_FILES: 'a.env'}}, 'a'],
		[{}, {interpolate: false}, '${TAG}'],
	])('%j %j', async (files, options, image) => {
		expect(await imageOf({'compose.yaml': web('${TAG}'), ...files}, options)).toBe(image);
	});

	test('without a value are told once', async () => {
		const {warnings} = await loadFiles(service('labels: {a: $NOT, b: $NOT, c: "${ALSO}"}\n'));
		expect(warnings).toEqual(['the variable NOT is not set, and is taken as empty', 'the variable ALSO is not set, and is taken as empty']);
	});

	test('stay where they are when nothing is interpolated, whatever they stand in for', async () => {
		const keys = 'ports: ["${PORT}:80"]\nvolumes: ["${FROM}:/to"]\nmem_limit: ${MEMORY}\nprivileged: ${YES}\ncommand: run $$me';
		const {project} = await loadFiles(service(keys), {interpolate: false});
		expect(render(project, {isInterpolated: false})['services']).toMatchObject({web: {ports: ['${PORT}:80'], volumes: ['${FROM}:/to'], mem_limit: '${MEMORY}', privileged: '${YES}', command: 'run $$me'}});
	});

	test('of an include are its own', async () => {
		const files = {'compose.yaml': 'include: [part/compose.yaml]\nservices: {own: {image: "x:${TAG-none}"}}', 'part/compose.yaml': web('x:${TAG}'), 'part/.env': 'TAG=part'};
		const {project} = await loadFiles(files);
		expect(project.services).toMatchObject({own: {image: 'x:none'}, web: {image: 'x:part'}});
		expect((await loadFiles(files, {env: {TAG: 'outer'}})).project.services['web']?.image).toBe('x:outer');
	});
});

describe('environment and labels of a service', () => {
	test('come from its files under its own words', async () => {
		const files = {
			...service('env_file: [one.env, {path: raw.env, format: raw}, {path: gone.env, required: false}]\nenvironment: {A: own, B: , KNOWN: }\nlabel_file: l.env\nlabels: {own: 1}'),
			'one.env': 'A=file\nC=${KNOWN}-$A\nB=file',
			'raw.env': 'RAW="$KNOWN"',
			'l.env': 'own=file\nfrom=file',
		};
		const {project} = await loadFiles(files, {env: {KNOWN: 'known'}});
		expect(project.services['web']?.environment).toEqual({A: 'own', B: null, C: 'known-file', KNOWN: 'known', RAW: '"$KNOWN"'});
		expect(project.services['web']?.labels).toEqual({own: '1', from: 'file'});
	});
});

describe('profiles', () => {
	const files = {
		'compose.yaml':
			'services: {a: {image: x}, b: {image: x, profiles: [one]}, c: {image: x, profiles: [two], depends_on: [d]}, d: {image: x, profiles: [two], networks: [n]}}\nnetworks: {n: }\nvolumes: {v: }',
	};
	const active = async (options: Parameters<typeof loadFiles>[1]) => Object.keys((await loadFiles(files, options)).project.services);

	test('choose services', async () => {
		expect(await active({})).toEqual(['a']);
		expect(await active({profiles: ['one']})).toEqual(['a', 'b']);
		expect(await active({profiles: ['*']})).toEqual(['a', 'b', 'c', 'd']);
		expect(await active({env: {COMPOSE_PROFILES: 'one,two'}})).toEqual(['a', 'b', 'c', 'd']);
		expect(await active({services: ['c']})).toEqual(['a', 'c', 'd']);
	});

	test('are listed, and what only sleeping services use is not made', async () => {
		const {project, profiles} = await loadFiles(files);
		expect(profiles).toEqual(['one', 'two']);
		expect(Object.keys(withoutUnused(project).networks)).toEqual(['default']);
		expect(Object.keys(withoutUnused(project).volumes)).toEqual([]);
	});

	test('and names on the command line narrow a project', async () => {
		const {project} = await loadFiles(files, {profiles: ['*']});
		expect(Object.keys(select(project, ['c'], {dependencies: true}).services)).toEqual(['c', 'd']);
		expect(Object.keys(select(project, ['c'], {dependencies: false}).services)).toEqual(['c']);
		expect(() => select(project, ['web'], {dependencies: true})).toThrow('has no service "web"');
	});
});

describe('the hash of a service', () => {
	const hashOf = async (keys: string, rest = '', name = 'p') => configHash((await loadFiles(service(keys, rest), {projectName: name})).project, 'web');

	test.each(['scale: 3', 'deploy: {replicas: 3}', 'pull_policy: always', 'depends_on: []', 'profiles: []', 'x-note: anything', 'develop: {watch: []}', '# a comment'])(
		'does not change with %s',
		async keys => {
			expect(await hashOf(keys)).toBe(await hashOf(''));
		},
	);

	test.each(['command: run', 'environment: {A: 1}', 'ports: ["80"]', 'labels: {a: 1}', 'deploy: {resources: {limits: {cpus: 1}}}', 'restart: always'])('changes with %s', async keys => {
		expect(await hashOf(keys)).not.toBe(await hashOf(''));
	});

	test('follows what the service uses, not the order of words', async () => {
		const volume = (name: string) => hashOf('volumes: ["v:/v"]', `volumes: {v: {name: ${name}}}`);
		expect(await volume('one')).not.toBe(await volume('two'));
		expect(await hashOf('environment: {A: 1, B: 2}')).toBe(await hashOf('environment: [B=2, A=1]'));
		const content = (text: string) => hashOf('configs: [c]', `configs: {c: {content: ${text}}}`);
		expect(await content('one')).not.toBe(await content('two'));
	});
});

test('a newer key than the judge knows is read too', async () => {
	const keys =
		'gpus: all\npost_start: [{command: [a, b], user: root}]\nmodels: [m]\nvolumes: [{type: image, source: i, target: /i, image: {subpath: s}}]\nnetworks: {default: {gw_priority: 1, interface_name: eth9}}';
	const {project} = await loadFiles(service(keys, 'models: {m: {model: ai/x, context_size: 1}}\n'));
	expect(render(project, {isInterpolated: true})).toMatchObject({
		models: {m: {model: 'ai/x'}},
		services: {web: {gpus: [{count: 'all'}], models: {m: null}, networks: {default: {gw_priority: 1}}, post_start: [{command: ['a', 'b']}]}},
	});
});

test('two thousand lines take a fraction of a second of the processor', async () => {
	const services = Array.from(
		{length: 110},
		(_, at) => `  service-${at}:
    image: example.test/service:\${TAG:-1}
    command: ["serve", "--port", "${8000 + at}"]
    environment:
      NAME: service-${at}
      LEVEL: \${LEVEL:-info}
    ports:
      - "${8000 + at}:80"
    volumes:
      - data-${at}:/data
      - ./conf:/conf:ro
    depends_on:
      - base
    networks: [front, back]
    healthcheck:
      test: curl -f localhost
      interval: 30s
    restart: always
`,
	).join('');
	const text = `services:\n  base: {image: base}\n${services}networks: {front: , back: }\nvolumes:\n${Array.from({length: 110}, (_, at) => `  data-${at}:\n`).join('')}`;
	expect(text.split('\n').length).toBeGreaterThan(2000);
	const before = process.cpuUsage();
	const {project} = await loadFiles({'compose.yaml': text});
	render(project, {isInterpolated: true});
	const {user, system} = process.cpuUsage(before);
	expect(Object.keys(project.services)).toHaveLength(111);
	expect((user + system) / 1000).toBeLessThan(1500);
});
