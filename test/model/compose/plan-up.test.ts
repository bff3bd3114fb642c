import {describe, expect, test} from 'vitest';
import {type Observed, planUp, printPlan, type UpOptions} from '../../../source/model/compose/plan/index.ts';
import type {Project} from '../../../source/model/compose/project.ts';
import {select} from '../../../source/model/compose/select.ts';
import {loadFiles} from '../../services/compose/project-files.ts';
import {after, nothing, running} from './machine.ts';

const usual: UpOptions = {recreate: 'changed', scale: {}, removeOrphans: false, start: true, build: false};

const project = async (text: string): Promise<Project> => (await loadFiles({'compose.yaml': text}, {projectName: 'p'})).project;

const planned = (wanted: Project, observed: Observed, options: Partial<UpOptions> = {}): readonly string[] => printPlan(planUp(wanted, observed, {...usual, ...options})).trimEnd().split('\n');

const upToDate = (wanted: Project): Observed => after(planUp(wanted, nothing, usual), nothing, wanted);

const shop = `
services:
  web: {image: web, depends_on: {api: {condition: service_healthy}}, ports: ["80"], networks: [front]}
  api: {build: ., depends_on: {db: {condition: service_started}, job: {condition: service_completed_successfully, required: false}}, networks: [front, back]}
  db: {image: db, volumes: ["data:/data"], networks: [back]}
  job: {image: db, networks: [back]}
networks: {front: , back: {internal: true}}
volumes: {data: }
`;

describe('up', () => {
	test('from nothing makes everything in order', async () => {
		expect(planned(await project(shop), nothing)).toEqual([
			' #1 create network p_front: it is not there',
			' #2 create network p_back: it is not there',
			' #3 create volume p_data: it is not there',
			' #4 pull image db: it is not here',
			' #5 create container p-db-1: it is not there (after #2 #3 #4)',
			' #6 start container p-db-1: it is new (after #5)',
			' #7 create container p-job-1: it is not there (after #2 #4)',
			' #8 start container p-job-1: it is new (after #7)',
			' #9 build image p-api: it is not here',
			'#10 wait for job (completed successfully, if it can): others would like it (after #8)',
			'#11 create container p-api-1: it is not there (after #1 #2 #9)',
			'#12 start container p-api-1: it is new (after #6 #10 #11)',
			'#13 pull image web: it is not here',
			'#14 wait for api (healthy): others depend on it (after #12)',
			'#15 create container p-web-1: it is not there (after #1 #13)',
			'#16 start container p-web-1: it is new (after #14 #15)',
		]);
	});

	test('where all is as it should be does nothing', async () => {
		const wanted = await project(shop);
		expect(planned(wanted, upToDate(wanted))).toEqual(['p: there is nothing to do']);
	});

	test('makes a changed service anew, and leaves the others', async () => {
		const before = await project(shop);
		const wanted = await project(shop.replace('image: db, volumes', 'image: db, command: other, volumes'));
		expect(planned(wanted, upToDate(before))).toEqual([
			'#1 stop container p-db-1: its service has changed',
			'#2 remove container p-db-1: its service has changed (after #1)',
			'#3 create container p-db-1: its service has changed (after #2)',
			'#4 start container p-db-1: it is new (after #3)',
		]);
		expect(planned(wanted, upToDate(before), {recreate: 'never'})).toEqual(['p: there is nothing to do']);
	});

	test('starts what has stopped, and asks its conditions again', async () => {
		const wanted = await project(shop);
		const observed = upToDate(wanted);
		const stopped = {...observed, containers: observed.containers.map(one => (one.service === 'web' ? {...one, state: 'stopped' as const} : one))};
		expect(planned(wanted, stopped)).toEqual(['#1 wait for api (healthy): others depend on it', '#2 start container p-web-1: it is stopped (after #1)']);
	});

	test('and create only does not start', async () => {
		const wanted = await project('services: {a: {image: x}, b: {image: x, depends_on: {a: {condition: service_healthy}}}}');
		expect(planned(wanted, {...nothing, images: {x: 'd'}}, {start: false})).toEqual([
			'#1 create network p_default: it is not there',
			'#2 create container p-a-1: it is not there (after #1)',
			'#3 create container p-b-1: it is not there (after #1)',
		]);
	});

	test('scales up into the gaps and down from the top, the outdated first', async () => {
		const wanted = await project('services: {a: {image: x, scale: 3, network_mode: none}}');
		const images = {x: 'd'};
		const with_ = (...numbers: readonly number[]): Observed => ({...nothing, images, containers: numbers.map(number => running(wanted, 'a', {number}))});
		expect(planned(wanted, with_(1, 3))).toEqual(['#1 create container p-a-2: its service needs one more', '#2 start container p-a-2: it is new (after #1)']);
		expect(planned(wanted, with_(1, 2, 3), {scale: {a: 1}})).toEqual([
			'#1 stop container p-a-2: its service has 1 replica',
			'#2 remove container p-a-2: its service has 1 replica (after #1)',
			'#3 stop container p-a-3: its service has 1 replica',
			'#4 remove container p-a-3: its service has 1 replica (after #3)',
		]);
		const mixed = {...with_(2, 3), containers: [running(wanted, 'a', {hash: 'old', number: 1}), running(wanted, 'a', {number: 2}), running(wanted, 'a', {number: 3})]};
		expect(planned(wanted, mixed, {scale: {a: 2}})).toEqual(['#1 stop container p-a-1: its service has 2 replicas', '#2 remove container p-a-1: its service has 2 replicas (after #1)']);
		expect(planned(wanted, with_(1), {scale: {a: 0}})[0]).toBe('#1 stop container p-a-1: its service has no replicas');
	});

	test.each([
		[{maker: '', hash: 'x'}, 'nerdctl made it, and hashes otherwise'],
		[{maker: '2.26.1', hash: 'x'}, 'docker compose made it, and hashes otherwise'],
		[{hash: ''}, 'its service has changed'],
		[{name: 'other'}, 'it is to be called p-a-1'],
		[{imageDigest: 'old'}, 'its image has changed'],
	])('makes one with %j anew', async (more, because) => {
		const wanted = await project('services: {a: {image: x, network_mode: none}}');
		const container = running(wanted, 'a', more);
		expect(planned(wanted, {...nothing, images: {x: 'new'}, containers: [container]})[0]).toBe(`#1 stop container ${container.name}: ${because}`);
	});

	test('draws those along that live in a container which is made anew, and restarts those that asked for it', async () => {
		const wanted = await project(
			'services: {a: {image: x, network_mode: none}, b: {image: x, network_mode: "service:a"}, c: {image: x, network_mode: none, depends_on: {a: {condition: service_started, restart: true}}}}',
		);
		const observed = {...nothing, images: {x: 'd'}, containers: ['a', 'b', 'c'].map(name => running(wanted, name, name === 'a' ? {hash: 'old'} : {}))};
		expect(planned(wanted, observed)).toEqual([
			'#1 stop container p-a-1: its service has changed',
			'#2 remove container p-a-1: its service has changed (after #1)',
			'#3 create container p-a-1: its service has changed (after #2)',
			'#4 start container p-a-1: it is new (after #3)',
			'#5 stop container p-b-1: it lives in a, which is made anew',
			'#6 remove container p-b-1: it lives in a, which is made anew (after #5)',
			'#7 create container p-b-1: it lives in a, which is made anew (after #4 #6)',
			'#8 start container p-b-1: it is new (after #4 #7)',
			'#9 restart container p-c-1: a was made anew (after #4)',
		]);
	});

	test('makes a changed network anew with all who are on it', async () => {
		const before = await project('services: {a: {image: x, networks: [n]}, b: {image: x, network_mode: none}}\nnetworks: {n: }');
		const wanted = await project('services: {a: {image: x, networks: [n]}, b: {image: x, network_mode: none}}\nnetworks: {n: {internal: true}}');
		expect(planned(wanted, upToDate(before))).toEqual([
			'#1 stop container p-a-1: its network n is made anew',
			'#2 remove container p-a-1: its network n is made anew (after #1)',
			'#3 remove network p_n: it should be internal (after #2)',
			'#4 create network p_n: it should be internal (after #3)',
			'#5 create container p-a-1: its network n is made anew (after #2 #4)',
			'#6 start container p-a-1: it is new (after #5)',
		]);
	});

	test('tells of orphans, of those that were renamed, and removes them when asked', async () => {
		const wanted = await project('services: {new: {image: x, network_mode: none}}');
		const orphan = running(wanted, 'new', {service: 'old', name: 'p-old-1', id: 'o'});
		const lost = running(wanted, 'new', {service: 'lost', name: 'p-lost-1', id: 'l', hash: 'x', state: 'stopped'});
		const observed = {...nothing, images: {x: 'd'}, containers: [orphan, lost, running(wanted, 'new', {service: 'lost', isOneOff: true})]};
		expect(planned(wanted, observed)).toEqual([
			'#1 create container p-new-1: it is not there',
			'#2 start container p-new-1: it is new (after #1)',
			'warning: p-old-1 is left over: its service old is called new now; --remove-orphans removes it',
			'warning: p-lost-1 is left over: the project has no service lost any more; --remove-orphans removes it',
		]);
		expect(planned(wanted, observed, {removeOrphans: true})).toEqual([
			'#1 stop container p-old-1: its service old is called new now',
			'#2 remove container p-old-1: its service old is called new now (after #1)',
			'#3 remove container p-lost-1: the project has no service lost any more',
			'#4 create container p-new-1: it is not there',
			'#5 start container p-new-1: it is new (after #4)',
		]);
	});

	test('of some services leaves the others in peace', async () => {
		const whole = await project(shop);
		const part = select(whole, ['db'], {dependencies: true});
		const observed = {...upToDate(whole), containers: [running(whole, 'web')]};
		expect(planned(part, observed, {whole})).toEqual(['#1 create container p-db-1: it is not there', '#2 start container p-db-1: it is new (after #1)']);
	});

	test.each([
		['always', {}, '#1 pull image x: the pull policy is always'],
		['never', {}, '#1 create container p-a-1: it is not there'],
		['build', {}, '#1 pull image x: it is not here'],
		['missing', {x: 'd'}, '#1 create container p-a-1: it is not there'],
		['daily', {x: 'd'}, '#1 create container p-a-1: it is not there'],
	])('with the pull policy %s and %j begins with %s', async (policy, images, first) => {
		expect(planned(await project(`services: {a: {image: x, pull_policy: ${policy}, network_mode: none}}`), {...nothing, images})[0]).toBe(first);
	});

	test('builds when asked, though the image is here', async () => {
		const wanted = await project('services: {a: {build: ., network_mode: none}}');
		const observed = {...nothing, images: {'p-a': 'd'}, containers: [running(wanted, 'a')]};
		expect(planned(wanted, observed, {build: true})).toEqual(['#1 build image p-a: it was asked for']);
	});
});

describe('up refuses', () => {
	test.each([
		['services: {a: {image: x, networks: [n]}}\nnetworks: {n: {external: true, name: far}}', nothing, 'the network far is external, and it is not there'],
		['services: {a: {image: x, network_mode: none, volumes: ["v:/v"]}}\nvolumes: {v: {external: true}}', nothing, 'the volume v is external, and it is not there'],
		['services: {a: {image: x}}', {...nothing, networks: [{name: 'p_default', project: 'q', key: 'default', driver: 'bridge', isInternal: false, subnets: []}]}, 'the network p_default belongs to the project q'],
		['services: {a: {image: x}}', {...nothing, networks: [{name: 'p_default', project: '', key: '', driver: 'bridge', isInternal: false, subnets: []}]}, 'the network p_default is there, and no project made it'],
		['services: {a: {image: x, network_mode: none, volumes: ["v:/v"]}}\nvolumes: {v: {driver: nfs}}', nothing, 'volumes.v.driver nfs is not supported'],
	])('%s', async (text, observed, message) => {
		const wanted = await project(text);
		expect(() => planUp(wanted, observed, usual)).toThrow(message);
	});

	test('nothing of a volume of another project: it says so', async () => {
		const wanted = await project('services: {a: {image: x, network_mode: none, volumes: ["v:/v"]}}\nvolumes: {v: }');
		expect(planUp(wanted, {...nothing, volumes: [{name: 'p_v', project: 'q', key: 'v'}]}, usual).warnings).toEqual(['the volume p_v belongs to the project q; it is used as it is']);
	});
});

test('a hundred services are planned in a blink, and what is done is not planned again', async () => {
	const text = `services:\n${Array.from({length: 100}, (_, at) => `  s${at}: {image: x, volumes: ["v${at}:/v"], networks: [n], environment: {A: "${at}"}, depends_on: [${at === 0 ? '' : `s${at - 1}`}]}\n`).join('')}networks: {n: }\nvolumes: {${Array.from({length: 100}, (_, at) => `v${at}: `).join(', ')}}`;
	const wanted = await project(text);
	const before = process.cpuUsage();
	const plan = planUp(wanted, nothing, usual);
	const again = planUp(wanted, after(plan, nothing, wanted), usual);
	const {user, system} = process.cpuUsage(before);
	expect(plan.operations).toHaveLength(1 + 100 + 1 + 100 * 2);
	expect(again.operations).toEqual([]);
	expect(plan.operations.every(({id, after: earlier}) => earlier.every(one => one < id))).toBe(true);
	expect((user + system) / 1000).toBeLessThan(250);
});

test('an image that is missing is refused where none may be built', async () => {
	const {project} = await loadFiles({'compose.yaml': 'services: {api: {build: .}}'}, {projectName: 'p'});
	const options = {recreate: 'changed', scale: {}, removeOrphans: false, start: true, build: false, neverBuild: true} as const;
	expect(() => planUp(project, nothing, options)).toThrow('the image p-api of the service api is not here, and none is to be built');
	expect(planUp(project, {...nothing, images: {'p-api': 'sha256:1'}}, options).operations.map(({action}) => action.kind)).toEqual(['create network', 'create container', 'start container']);
});

describe('ports that the containers of a project would take from each other', () => {
	test.each([
		['web: {image: w, scale: 2, ports: ["80:80"]}', {}, ['the 2 replicas of web publish the same port 80/tcp of this machine: only one of them can have it']],
		['web: {image: w, ports: ["80:80"]}', {web: 3}, ['the 3 replicas of web publish the same port 80/tcp of this machine: only one of them can have it']],
		['web: {image: w, ports: ["80:80"]}\n  api: {image: a, ports: ["127.0.0.1:80:8080"]}', {}, ['api and web publish the same port 80/tcp of this machine: only one of them can have it']],
		['web: {image: w, ports: ["80:80", "80:80/udp"]}\n  api: {image: a, ports: ["127.0.0.1:81:80"]}\n  x: {image: x, ports: ["127.0.0.2:81:80"]}', {}, []],
		['web: {image: w, scale: 2, ports: ["80-81:80", "90"]}', {}, []],
		['web: {image: w, ports: ["80:80", "80:81"]}', {}, ['web publishes the port 80/tcp of this machine twice: it can have it once']],
		['web: {image: w, scale: 0, ports: ["80:80"]}\n  api: {image: a, ports: ["80:80"]}', {}, []],
	])('%s', async (services, scale, warnings) => {
		const wanted = await project(`services:\n  ${services}\n`);
		expect(planUp(wanted, nothing, {...usual, scale}).warnings).toEqual(warnings);
	});
});
