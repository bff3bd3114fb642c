import {expect, test} from 'vitest';
import {engineEvent, engineJson, engineLine} from '../../source/model/docker-engine-event.ts';
import type {DaemonEvent} from '../../source/model/event.ts';

const container = {image: 'docker.io/library/web:1', labels: {'nerdctl/name': 'web', tier: 'front', 'nerdctl/state-dir': '/x', 'containerd.io/restart.status': 'running'}};
const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const base = {namespace: 'default', topic: '/x', at};
const exit = (execId: string): DaemonEvent => ({...base, kind: 'task-exited', containerId: 'c', execId, pid: 1, exitStatus: 3, exitedAt: at});

test.each<[DaemonEvent, string | undefined]>([
	[{...base, kind: 'container-created', containerId: 'c'}, 'container create c'],
	[{...base, kind: 'container-deleted', containerId: 'c'}, 'container destroy c'],
	[{...base, kind: 'task-created', containerId: 'c'}, undefined],
	[{...base, kind: 'task-started', containerId: 'c'}, 'container start c'],
	[{...base, kind: 'task-resumed', containerId: 'c'}, 'container unpause c'],
	[exit(''), 'container die c'],
	[exit('c'), 'container die c'],
	[exit('e1'), 'container exec_die c'],
	[{...base, kind: 'exec-started', containerId: 'c', execId: 'e1'}, 'container exec_start c'],
	[{...base, kind: 'image-deleted', image: 'web:1'}, 'image untag web:1'],
	[{...base, kind: 'content-created', digest: 'sha256:x'}, undefined],
	[{...base, kind: 'snapshot-removed', snapshotter: 'o', key: 'k'}, undefined],
	[{...base, kind: 'other', typeUrl: 'x'}, undefined],
])('%j', (event, expected) => {
	const shown = engineEvent(event, container);
	expect(shown && `${shown.Type} ${shown.Action} ${shown.id}`).toBe(expected);
});

test('attributes are the labels of the user, the image, the name and the code', () => {
	const died = engineEvent(exit(''), container);
	expect(died?.attributes).toEqual({tier: 'front', image: 'docker.io/library/web:1', name: 'web', exitCode: '3'});
	expect(died && engineLine(died)).toBe('2026-01-02T03:04:05.678000000Z container die c (exitCode=3, image=docker.io/library/web:1, name=web, tier=front)');
	expect(died && engineJson(died)).toContain(`"time":${Math.floor(at / 1000)},"timeNano":${at}000000}`);
});
