import {describe, expect, test} from 'vitest';
import {labels} from '../../source/model/labels.ts';
import type {Snapshot} from '../../source/model/snapshot.ts';
import type {AppStore, PaneView} from '../../source/store/index.ts';
import {rowsOf, selectedIndex, selectedRow, targetRows} from '../../source/store/rows/index.ts';
import {containerOf, newStore, taskOf} from './known.ts';

const named = (id: string, more: Parameters<typeof containerOf>[1] = {}) => containerOf(id, {...more, labels: {[labels.name]: id, ...more.labels}});

const inProject = (id: string, more = {}) => named(id, {...more, labels: {[labels.composeProject]: 'shop', [labels.composeService]: id}});

const view = (store: AppStore, change: Partial<PaneView>) => store.dispatch({type: 'pane-changed', pane: 'containers', change});

const shown = (store: AppStore): readonly string[] => rowsOf(store.get(), 'containers').map((row) => (row.kind === 'group' ? `[${row.group.name} ${row.running}/${row.members.length}]` : row.key));

describe('containers', () => {
	test('groups first, then what belongs to none; folded shows its head alone, a filter opens it', () => {
		const store = newStore();
		store.dispatch({type: 'containers-listed', containers: [named('alone'), inProject('web'), inProject('db', {task: taskOf('db', {status: 'stopped'})})]});
		expect(shown(store)).toEqual(['[shop 1/2]', 'default/db', 'default/web', 'default/alone']);
		const [group] = rowsOf(store.get(), 'containers');
		view(store, {folded: new Set([group?.key ?? ''])});
		expect(shown(store)).toEqual(['[shop 1/2]', 'default/alone']);
		view(store, {filter: 'web'});
		expect(shown(store)).toContain('default/web');
		store.dispatch({type: 'view-changed', change: {groupBy: 'none', showStopped: false}});
		view(store, {filter: ''});
		expect(shown(store)).toEqual(['default/alone', 'default/web']);
	});

	test('equal ids in two namespaces are two rows', () => {
		const store = newStore();
		store.dispatch({type: 'containers-listed', containers: [named('web'), named('web', {namespace: 'ci'})]});
		expect(new Set(shown(store))).toEqual(new Set(['default/web', 'ci/web']));
	});

	test('the same answer while nothing it reads has changed: a reading must not sort a list by name again', () => {
		const store = newStore();
		store.dispatch({type: 'containers-listed', containers: [named('a'), named('b')]});
		const before = rowsOf(store.get(), 'containers');
		store.dispatch({type: 'usage-sampled', usage: new Map()});
		store.dispatch({type: 'minute-passed', at: 5});
		view(store, {selected: 'default/b', index: 1});
		expect(rowsOf(store.get(), 'containers')).toBe(before);
	});
});

describe('the selection', () => {
	const three = () => {
		const store = newStore();
		store.dispatch({type: 'containers-listed', containers: [named('a'), named('b'), named('c')]});
		view(store, {selected: 'default/b', index: 1});
		return store;
	};

	test('stays on its row when rows come before it', () => {
		const store = three();
		store.dispatch({type: 'containers-arrived', containers: [named('aa')]});
		expect(selectedRow(store.get(), 'containers')?.key).toBe('default/b');
		expect(selectedIndex(store.get(), 'containers')).toBe(2);
	});

	test('falls to what took the place of a row that is gone, at the end to the last', () => {
		const store = three();
		store.dispatch({type: 'container-gone', key: 'default/b'});
		expect(selectedRow(store.get(), 'containers')?.key).toBe('default/c');
		store.dispatch({type: 'container-gone', key: 'default/c'});
		expect(selectedRow(store.get(), 'containers')?.key).toBe('default/a');
		store.dispatch({type: 'container-gone', key: 'default/a'});
		expect(selectedRow(store.get(), 'containers')).toBeUndefined();
		expect(selectedIndex(store.get(), 'containers')).toBe(-1);
	});

	test('marks are acted on; those of rows that are gone or filtered away count for nothing', () => {
		const store = three();
		view(store, {marks: new Set(['default/a', 'default/c', 'default/gone'])});
		expect(targetRows(store.get(), 'containers').map(({key}) => key)).toEqual(['default/a', 'default/c']);
		view(store, {filter: 'c'});
		expect(targetRows(store.get(), 'containers').map(({key}) => key)).toEqual(['default/c']);
		view(store, {filter: '', marks: new Set(['default/gone'])});
		expect(targetRows(store.get(), 'containers').map(({key}) => key)).toEqual(['default/b']);
	});
});

describe('snapshots', () => {
	test('a chain of ten thousand is listed without a stack, and a cycle shows nothing twice', () => {
		const store = newStore();
		const snapshot = (key: string, parent: string, createdAt: number): Snapshot => ({namespace: 'default', snapshotter: 'overlayfs', key, parent, kind: 'committed', labels: {}, createdAt, updatedAt: createdAt});
		store.dispatch({type: 'snapshots-listed', snapshots: Array.from({length: 10_000}, (_, index) => snapshot(`s${index}`, index === 0 ? '' : `s${index - 1}`, index))});
		const rows = rowsOf(store.get(), 'snapshots');
		expect(rows).toHaveLength(10_000);
		expect(rows.at(-1)).toMatchObject({guide: '', depth: 9999});
		store.dispatch({type: 'snapshots-listed', snapshots: [snapshot('x', 'y', 1), snapshot('y', 'x', 2), snapshot('root', '', 3)]});
		expect(rowsOf(store.get(), 'snapshots').map(({key}) => key)).toEqual(['default root']);
	});
});
