import {setTimeout as delay} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {Failure} from '../../source/errors.ts';
import type {Container} from '../../source/model/container.ts';
import {labels} from '../../source/model/labels.ts';
import {createAppStore} from '../../source/store/index.ts';
import {sweepForgotten} from '../../source/watch/forgotten.ts';

const container = (id: string, removal: 'true' | 'false', status?: 'running' | 'stopped'): Container => ({
	...{namespace: id.slice(0, 1), id, image: '', labels: {[labels.autoRemove]: removal}, runtime: '', snapshotter: '', snapshotKey: '', sandboxId: '', createdAt: 0, updatedAt: 0},
	task: status === undefined ? undefined : {containerId: id, pid: 1, status, exitStatus: 0, exitedAt: undefined, stdin: '', stdout: '', stderr: '', terminal: false},
});

test('namespaces where one may have been forgotten are swept when their containers are known, and not again before that is lost', async () => {
	const store = createAppStore({address: '', hostname: '', snapshotter: '', readonly: false, scope: {kind: 'all'}, now: 0});
	const swept: string[] = [];
	const sweeper = sweepForgotten({
		store,
		containers: {
			removeForgotten: async namespace => {
				swept.push(namespace);
				return {done: [], failed: []};
			},
		},
		say: () => undefined,
	});
	const list = async (): Promise<void> => {
		store.dispatch({type: 'containers-listed', containers: [container('a1', 'true'), container('a2', 'true', 'stopped'), container('b1', 'true', 'running'), container('c1', 'false')]});
		await delay(0);
	};
	expect(swept).toEqual([]);
	await list();
	await list();
	expect(swept).toEqual(['a']);
	store.dispatch({type: 'connection-changed', connection: {status: 'connecting'}});
	await delay(0);
	await list();
	sweeper.stop();
	expect(swept).toEqual(['a', 'a']);
});

test('what could not be removed is told in a sentence, and what was given up is not', async () => {
	const said: string[] = [];
	const answers: Array<() => Promise<{readonly done: []; readonly failed: ReadonlyArray<{readonly id: Container; readonly error: unknown}>}>> = [
		async () => ({done: [], failed: ['a1', 'a2'].map(id => ({id: container(id, 'true'), error: new Failure('denied', `Could not remove ${id}: permission denied`)}))}),
		async () => {
			throw new Failure('unavailable', 'Could not list containers: containerd does not answer');
		},
		async () => {
			throw new DOMException('given up', 'AbortError');
		},
	];
	for (const answer of answers) {
		const store = createAppStore({address: '', hostname: '', snapshotter: '', readonly: false, scope: {kind: 'all'}, now: 0});
		const sweeper = sweepForgotten({store, containers: {removeForgotten: answer}, say: text => said.push(text)});
		store.dispatch({type: 'containers-listed', containers: [container('a1', 'true')]});
		await delay(0);
		sweeper.stop();
	}
	expect(said).toEqual([
		'Left over from --rm, as 1 more: Could not remove a1: permission denied',
		'What --rm left over in a could not be looked for: Could not list containers: containerd does not answer',
	]);
});
