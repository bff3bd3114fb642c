import {describe, expect, test} from 'vitest';
import {dependencyTree} from '../../../source/model/compose/dependency-tree.ts';
import {driftOf, noDrift} from '../../../source/model/compose/drift.ts';
import {type Observed, planUp, type UpOptions} from '../../../source/model/compose/plan/index.ts';
import type {Project} from '../../../source/model/compose/project.ts';
import {loadFiles} from '../../services/compose/project-files.ts';
import {after as done, nothing} from './machine.ts';

const usual: UpOptions = {recreate: 'changed', scale: {}, removeOrphans: false, start: true, build: false};
const text = 'services: {web: {image: w, scale: 2, depends_on: [api]}, api: {build: ., depends_on: {db: {condition: service_healthy}}}, db: {image: d, networks: []}}';

/** As from one place: each is loaded from a directory of its own. */
const load = async (said: string): Promise<Project> => ({...(await loadFiles({'compose.yaml': said}, {projectName: 'p'})).project, workingDirectory: '/p', files: ['/p/compose.yaml']});

const drift = (project: Project, observed: Observed, options: Partial<UpOptions> = {}) => driftOf(project, planUp(project, observed, {...usual, ...options}));

describe('what up would do, in a few words', () => {
	test('from nothing', async () => {
		const project = await load(text);
		const {status, words, services} = drift(project, nothing);
		expect({status, words}).toEqual({status: 'differs', words: 'build 1, pull 2, create 4'});
		expect(services['web']).toEqual({words: 'pull 1, create 2', replicas: 2, isBuilt: false, dependsOn: ['api']});
		expect(services['api']).toMatchObject({words: 'build 1, create 1', isBuilt: true, dependsOn: ['db']});
	});

	test('nothing, where all is as the file says, and another stamp only for another meaning', async () => {
		const pulled = text.replace('build: .', 'image: a');
		const project = await load(pulled);
		const observed = done(planUp(project, nothing, usual), nothing, project);
		const first = drift(project, observed);
		expect(first).toMatchObject({status: 'same', words: 'up to date'});
		expect(first.services['web']?.words).toBe('');
		expect(drift(await load(`# a comment\n${pulled}`), observed).stamp).toBe(first.stamp);
		expect(drift(await load(pulled.replace('image: d', 'image: e')), observed).stamp).not.toBe(first.stamp);
	});

	test('made anew, started and removed are told apart', async () => {
		const project = await load(text);
		const observed = done(planUp(project, nothing, usual), nothing, project);
		const changed = await load(text.replace('image: d,', 'image: d, command: x,').replace('scale: 2', 'scale: 1'));
		const stopped = {...observed, containers: observed.containers.map(one => (one.service === 'api' ? {...one, state: 'stopped' as const} : one))};
		const {words, services} = drift(changed, stopped);
		expect(words).toBe('remake 1, start 1, remove 1');
		expect([services['db']?.words, services['api']?.words, services['web']?.words]).toEqual(['remake 1', 'start 1', 'remove 1']);
	});

	test('a network alone is told too', async () => {
		const project = await load('services: {a: {image: a}}');
		const all = done(planUp(project, nothing, usual), nothing, project);
		expect(drift(project, {...all, networks: []}).words).toBe('create network');
	});

	test.each(['none', 'gone', 'broken', 'refused'] as const)('%s says why', status => {
		expect(noDrift(status, 'a reason')).toMatchObject({status, reason: 'a reason', services: {}});
	});
});

test('the graph is a tree in which nobody is drawn out twice', async () => {
	const project = await load(`services:
  web: {image: w, depends_on: {api: {condition: service_healthy}, cache: {condition: service_started, required: false}}}
  worker: {image: w, depends_on: [api]}
  api: {image: a, depends_on: [db]}
  db: {image: d}
  cache: {image: c}
  alone: {image: x}`);
	expect(dependencyTree(project).map(({guide, service, condition, isRepeated}) => `${guide}${service} ${condition}${isRepeated ? ' (above)' : ''}`.trimEnd())).toEqual([
		'alone',
		'web',
		'├ api healthy',
		'│ └ db started',
		'└ cache started, if it can',
		'worker',
		'└ api started (above)',
	]);
});
