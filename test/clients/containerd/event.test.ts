import {describe, expect, it} from 'vitest';
import {toEvent} from '../../../source/clients/containerd/event.ts';
import * as wire from '../../../source/protocol/generated/event-messages.ts';

const timestamp = {seconds: 1_700_000_000, nanos: 500_000_000};
const exitedAt = {seconds: 1_700_000_001, nanos: 0};

const envelope = (topic: string, typeUrl: string, value: Uint8Array) => ({timestamp, namespace: 'default', topic, event: {typeUrl, value}});

const common = {namespace: 'default', at: 1_700_000_000_500};

describe('events', () => {
	it.each([
		['of the task itself, named by its container', 'web', ''],
		['of the task itself, unnamed', '', ''],
		['of an exec', 'shell', 'shell'],
	])('tell the end %s', (_name, id, execId) => {
		const value = wire.TaskExit.encode({containerId: 'web', id, pid: 7, exitStatus: 137, exitedAt}).finish();
		expect(toEvent(envelope('/tasks/exit', 'containerd.events.TaskExit', value))).toEqual({
			...common,
			...{topic: '/tasks/exit', kind: 'task-exited', containerId: 'web', execId, pid: 7, exitStatus: 137, exitedAt: 1_700_000_001_000},
		});
	});

	it('know a type by its long name too', () => {
		const value = wire.ContainerCreate.encode({id: 'web', image: 'x'}).finish();
		expect(toEvent(envelope('/containers/create', 'type.googleapis.com/containerd.events.ContainerCreate', value))).toMatchObject({kind: 'container-created', containerId: 'web'});
	});

	it('name what a commit made, not what it was made from', () => {
		const value = wire.SnapshotCommit.encode({key: 'extract-1', name: 'sha256:abc', snapshotter: 'stargz'}).finish();
		expect(toEvent(envelope('/snapshot/commit', 'containerd.events.SnapshotCommit', value))).toMatchObject({kind: 'snapshot-committed', key: 'sha256:abc', snapshotter: 'stargz'});
	});

	it.each([
		['a type of somebody else', 'moby.plugins.TaskExit', new Uint8Array(0)],
		['a type of containerd that we do not know', 'containerd.events.SandboxCreate', new Uint8Array(0)],
		['a name every object has', 'containerd.events.constructor', new Uint8Array(0)],
		['bytes that are not what the type says', 'containerd.events.TaskExit', Uint8Array.of(0x0f, 0xff)],
	])('keep %s', (_name, typeUrl, value) => {
		expect(toEvent(envelope('/x', typeUrl, value))).toEqual({...common, topic: '/x', kind: 'other', typeUrl});
	});

	it('survive an envelope without anything in it', () => {
		expect(toEvent({timestamp: undefined, namespace: '', topic: '', event: undefined})).toEqual({namespace: '', topic: '', at: 0, kind: 'other', typeUrl: ''});
	});
});
