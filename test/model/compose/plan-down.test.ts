import {expect, test} from 'vitest';
import {type DownOptions, type Observed, planDown, printPlan} from '../../../source/model/compose/plan/index.ts';
import {loadFiles} from '../../services/compose/project-files.ts';
import {nothing, running} from './machine.ts';

const text = 'services: {web: {image: w, depends_on: [api]}, api: {build: ., depends_on: [db]}, db: {image: d}}\nvolumes: {v: }';

const usual = {removeOrphans: false, volumes: false, images: 'none'} as const;

const down = (observed: Observed, options: DownOptions): readonly string[] => printPlan(planDown('p', observed, options)).trimEnd().split('\n');

const there = async (): Promise<{readonly project: NonNullable<DownOptions['project']>; readonly observed: Observed}> => {
	const {project} = await loadFiles({'compose.yaml': text}, {projectName: 'p'});
	const network = {name: 'p_default', project: 'p', key: 'default', driver: 'bridge', isInternal: false, subnets: []};
	return {
		project,
		observed: {
			containers: [running(project, 'db'), running(project, 'api', {state: 'stopped'}), running(project, 'web')],
			networks: [network, {...network, name: 'q_default', project: 'q'}],
			volumes: [{name: 'p_v', project: 'p', key: 'v'}, {name: 'other', project: '', key: ''}],
			images: {w: 'd', d: 'd', 'p-api': 'd'},
		},
	};
};

const containers = [
	'#1 stop container p-web-1: the project is taken down',
	'#2 remove container p-web-1: the project is taken down (after #1)',
	'#3 remove container p-api-1: the project is taken down (after #2)',
	'#4 stop container p-db-1: the project is taken down (after #3)',
	'#5 remove container p-db-1: the project is taken down (after #4)',
	'#6 remove network p_default: the project is taken down (after #2 #3 #5)',
];

test('down removes dependants first, then the networks, and keeps volumes', async () => {
	const {project, observed} = await there();
	expect(down(observed, {...usual, project})).toEqual(containers);
});

test('without the files the labels tell the order', async () => {
	const {observed} = await there();
	expect(down(observed, {...usual, project: undefined})).toEqual(containers);
});

test('volumes and images go when that is asked for', async () => {
	const {project, observed} = await there();
	expect(down(observed, {...usual, project, volumes: true, images: 'local'}).slice(6)).toEqual([
		'#7 remove volume p_v: it was asked for (after #2 #3 #5)',
		'#8 remove image p-api: it was asked for (after #2 #3 #5)',
	]);
	expect(down(observed, {...usual, project, images: 'all'}).slice(6).map(line => line.split(':')[0])).toEqual(['#7 remove image w', '#8 remove image p-api', '#9 remove image d']);
});

test('orphans stay unless they are meant, one-off containers go', async () => {
	const {project, observed} = await there();
	const more = {...observed, containers: [running(project, 'db', {service: 'old', name: 'p-old-1', dependsOn: []}), running(project, 'db', {name: 'p-db-run-1', isOneOff: true, state: 'stopped', id: 'run'})], networks: []};
	expect(down(more, {...usual, project})).toEqual([
		'#1 remove container p-db-run-1: the project is taken down',
		'warning: p-old-1 is left over: the project has no service old any more; --remove-orphans removes it',
	]);
	expect(down(more, {...usual, project, removeOrphans: true})).toHaveLength(3);
});

test('labels in a circle do no harm', () => {
	const circle = ['a', 'b'].map((service, at) => ({namespace: 'n', id: service, name: service, service, number: 1, isOneOff: false, hash: '', maker: '', state: 'stopped' as const, imageDigest: '', dependsOn: [at === 0 ? 'b' : 'a']}));
	expect(down({...nothing, containers: circle}, {...usual, project: undefined})).toEqual(['#1 remove container b: the project is taken down', '#2 remove container a: the project is taken down (after #1)']);
});
