import {describe, expect, test} from 'vitest';
import {noDrift} from '../../source/model/compose/drift.ts';
import type {ProjectFile} from '../../source/model/compose/project-source.ts';
import {type Container, containerKey} from '../../source/model/container.ts';
import {projectRows, projectsKnown} from '../../source/store/rows/project-rows.ts';

const container = (project: string, service: string, more: Readonly<Record<string, string>> = {}, namespace = 'default'): Container => ({
	namespace,
	id: `${project}-${service}`,
	image: 'i',
	runtime: 'runc',
	snapshotter: 'overlayfs',
	snapshotKey: '',
	createdAt: 0,
	updatedAt: 0,
	labels: {'com.docker.compose.project': project, 'com.docker.compose.service': service, ...more},
	task: {namespace, containerId: `${project}-${service}`, pid: 1, status: 'running', exitStatus: 0, exitedAt: 0},
}) as unknown as Container;

const from = (directory: string) => ({'com.docker.compose.project.config_files': `${directory}/compose.yaml`, 'com.docker.compose.project.working_dir': directory});

const file = (directory: string, name: string): ProjectFile => ({directory, files: [`${directory}/compose.yaml`], name, isRemembered: true});

const known = (containers: readonly Container[], files: readonly ProjectFile[], drifts = new Map()) =>
	projectsKnown({containers: new Map(containers.map((one) => [containerKey(one), one])), files, drifts, namespace: 'default'});

const shown = (rows: ReturnType<typeof known>) => rows.map(({key, project, source, file: found}) => `${key} | ${project.total} | ${source?.directory ?? 'nowhere'} | ${found === undefined ? 'labels' : 'files'}`);

describe('projects by labels and by files', () => {
	test('the same files are one project', () => {
		expect(shown(known([container('shop', 'web', from('/a'))], [file('/a', 'shop')]))).toEqual(['default project shop | 1 | /a | files']);
	});

	test('a project that nobody has brought up is there, with nothing in it', () => {
		expect(shown(known([], [file('/a', 'shop')]))).toEqual(['default project shop | 0 | /a | files']);
	});

	test('containers that name no files have those of a project of their name', () => {
		expect(shown(known([container('shop', 'web')], [file('/a', 'shop')]))).toEqual(['default project shop | 1 | /a | files']);
		expect(shown(known([container('shop', 'web')], []))).toEqual(['default project shop | 1 | nowhere | labels']);
	});

	test('one directory under two names is two projects, each from its own name', () => {
		const rows = known([container('one', 'web', from('/a')), container('two', 'web', from('/a'))], [file('/a', 'one')]);
		expect(shown(rows)).toEqual(['default project one | 1 | /a | files', 'default project two | 1 | /a | labels']);
		expect(rows.map(({source}) => source?.name)).toEqual(['one', 'two']);
	});

	test('a name from two directories is two rows with keys of their own', () => {
		expect(shown(known([container('shop', 'web', from('/a'))], [file('/b', 'shop')]))).toEqual([
			'default project shop | 1 | /a | labels',
			'default project shop /b/compose.yaml | 0 | /b | files',
		]);
	});

	test('equal service names stay with their projects', () => {
		const rows = projectRows(known([container('a', 'web'), container('b', 'web')], []), {filter: '', sort: {column: 'name', descending: false}, folded: new Set()}, true);
		expect(rows.map(({key}) => key)).toEqual(['default project a', 'default project a service web', 'default project b', 'default project b service web']);
		expect(rows.filter((row) => row.kind === 'service').map(({service}) => service.containers.map(({id}) => id))).toEqual([['a-web'], ['b-web']]);
	});

	test('the same name in two namespaces is two projects, and files are of the one that is looked at', () => {
		expect(shown(known([container('shop', 'web', {}, 'other')], [file('/a', 'shop')]))).toEqual(['other project shop | 1 | nowhere | labels', 'default project shop | 0 | /a | files']);
	});

	test('what came through a pipe, or from no absolute path, is written down nowhere', () => {
		for (const files of ['-', '/a/compose.yaml,-', 'compose.yaml'])
			expect(known([container('shop', 'web', {'com.docker.compose.project.config_files': files})], [])[0]?.source).toBeUndefined();
	});
});

test('services that only the file has stand beside those that run; folded, and in the stack, a project is one row', () => {
	const wanted = {words: 'create 1', replicas: 1, isBuilt: false, dependsOn: []};
	const drift = {...noDrift('refused', ''), services: {web: wanted, db: wanted}};
	const rows = known([container('shop', 'web', from('/a'))], [], new Map([['default project shop', drift]]));
	const listing = {filter: '', sort: {column: 'name', descending: false}, folded: new Set<string>()};
	expect(projectRows(rows, listing, true).map(({key}) => key.replace('default project shop', ''))).toEqual(['', ' service db', ' service web']);
	expect(projectRows(rows, {...listing, folded: new Set(['default project shop'])}, true)).toHaveLength(1);
	expect(projectRows(rows, listing, false)).toHaveLength(1);
});
