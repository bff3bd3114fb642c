import type {Container, Task} from '../../source/model/container.ts';
import {type AppStore, createAppStore} from '../../source/store/index.ts';

export const taskOf = (id: string, more: Partial<Task> = {}): Task => ({
	...{containerId: id, pid: 10, status: 'running', exitStatus: 0, exitedAt: undefined},
	...{stdin: '', stdout: '', stderr: '', terminal: false},
	...more,
});

export const containerOf = (id: string, more: Partial<Container> = {}): Container => ({
	...{namespace: 'default', id, image: 'registry.test/app:1', labels: {}, runtime: 'io.containerd.runc.v2'},
	...{snapshotter: 'overlayfs', snapshotKey: id, sandboxId: '', createdAt: 1, updatedAt: 1},
	task: taskOf(id),
	...more,
});

export const newStore = (): AppStore =>
	createAppStore({address: '/a.sock', hostname: 'host', snapshotter: 'overlayfs', readonly: false, scope: {kind: 'one', namespace: 'default'}, now: 0});

export const live = {type: 'connection-changed', connection: {status: 'live', version: '2.1'}} as const;
