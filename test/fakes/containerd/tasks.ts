import {status} from '@grpc/grpc-js';
import * as events from '../../../source/protocol/generated/event-messages.ts';
import {ProcessDetails} from '../../../source/protocol/generated/runc.ts';
import {type Process, Status} from '../../../source/protocol/generated/task-types.ts';
import type {CreateTaskRequest, TasksService} from '../../../source/protocol/generated/tasks.ts';
import {fieldsOf, matcher} from './filters.ts';
import {metricOf} from './metrics.ts';
import {alreadyExists, type Context, type Handlers, notFound, refusal} from './serve.ts';
import {type FakeProcess, type FakeTask, payload, type State, type Usage} from './state.ts';

export const idle: Usage = {cpu: 0.01, memoryBytes: 8 * 1024 * 1024, pids: 1, readBytesPerSecond: 0, writeBytesPerSecond: 0};

const find = (state: State, namespace: string, id: string): FakeTask => {
	const task = state.peek(namespace).tasks.get(id);
	if (task === undefined) throw notFound(`no running task found: task ${id} not found`);
	return task;
};

const findProcess = (state: State, namespace: string, id: string, execId: string): FakeProcess => {
	const task = find(state, namespace, id);
	const found = execId === '' ? task : task.execs.get(execId);
	if (found === undefined) throw notFound(`process ${execId}`);
	return found;
};

const newProcess = (id: string, io: Pick<CreateTaskRequest, 'stdin' | 'stdout' | 'stderr' | 'terminal'>, pid: number): Process => ({
	...{containerId: '', id, pid, status: Status.CREATED, exitStatus: 0, exitedAt: undefined},
	...{stdin: io.stdin, stdout: io.stdout, stderr: io.stderr, terminal: io.terminal},
});

export const newTask = (process: Process, usage: Usage, endsOn: readonly number[] = [1, 2, 3, 15]): FakeTask => ({
	process,
	usage,
	endsOn,
	startedAt: Date.now(),
	waiting: [],
	execs: new Map(),
});

/** The process ends: those who wait learn it, and so does everybody who listens. */
export const endProcess = (state: State, namespace: string, id: string, execId: string, exitStatus: number): void => {
	const found = findProcess(state, namespace, id, execId);
	if (found.process.status === Status.STOPPED) return;
	const exitedAt = state.now();
	const {pid} = found.process;
	found.process = {...found.process, status: Status.STOPPED, exitStatus, exitedAt};
	for (const wake of found.waiting.splice(0)) wake();
	const exit = {containerId: id, id: execId === '' ? id : execId, pid, exitStatus, exitedAt};
	state.publish(namespace, '/tasks/exit', payload('containerd.events.TaskExit', events.TaskExit, exit));
};

const stopped = (found: FakeProcess, what: string): void => {
	if (found.process.status !== Status.STOPPED && found.process.status !== Status.CREATED) {
		throw refusal(status.FAILED_PRECONDITION, `${what} must be stopped before deletion: running: failed precondition`);
	}
};

const answerOf = ({id, pid, exitStatus, exitedAt}: Process) => ({id, pid, exitStatus, exitedAt});

export const taskHandlers = (state: State, cgroups: 1 | 2): Handlers<TasksService> => {
	const say = <Message>(namespace: string, topic: string, name: string, encoder: Parameters<typeof payload<Message>>[1], message: Message): void =>
		state.publish(namespace, topic, payload(`containerd.events.${name}`, encoder, message));
	const freeze = (namespace: string, containerId: string, from: Status, to: Status): void => {
		const task = find(state, namespace, containerId);
		if (task.process.status !== from) throw refusal(status.UNKNOWN, `cannot ${to === Status.PAUSED ? 'pause' : 'resume'} a container that is not ${from === Status.PAUSED ? 'paused' : 'running'}`);
		task.process = {...task.process, status: to};
		if (to === Status.PAUSED) say(namespace, '/tasks/paused', 'TaskPaused', events.TaskPaused, {containerId});
		else say(namespace, '/tasks/resumed', 'TaskResumed', events.TaskResumed, {containerId});
	};

	return {
		create: (request, {namespace}) => {
			const {containerId} = request;
			const space = state.peek(namespace);
			if (!space.containers.has(containerId)) throw notFound(`container ${JSON.stringify(containerId)} in namespace ${JSON.stringify(namespace)}`);
			if (space.tasks.has(containerId)) throw alreadyExists(`task ${containerId}`);
			const pid = state.nextPid();
			space.tasks.set(containerId, newTask(newProcess(containerId, request, pid), idle));
			say(namespace, '/tasks/create', 'TaskCreate', events.TaskCreate, {containerId, bundle: '', pid});
			return {containerId, pid};
		},
		start: ({containerId, execId}, {namespace}) => {
			const found = findProcess(state, namespace, containerId, execId);
			const pid = execId === '' ? found.process.pid : state.nextPid();
			if (found.process.status !== Status.CREATED) throw refusal(status.FAILED_PRECONDITION, 'cannot start a process that is not created: failed precondition');
			found.process = {...found.process, pid, status: Status.RUNNING};
			if (execId === '') say(namespace, '/tasks/start', 'TaskStart', events.TaskStart, {containerId, pid});
			else say(namespace, '/tasks/exec-started', 'TaskExecStarted', events.TaskExecStarted, {containerId, execId, pid});
			return {pid};
		},
		delete: ({containerId}, {namespace}) => {
			const task = find(state, namespace, containerId);
			stopped(task, 'task');
			state.space(namespace).tasks.delete(containerId);
			const {pid, exitStatus, exitedAt} = task.process;
			say(namespace, '/tasks/delete', 'TaskDelete', events.TaskDelete, {containerId, id: containerId, pid, exitStatus, exitedAt});
			return answerOf(task.process);
		},
		deleteProcess: ({containerId, execId}, {namespace}) => {
			const found = findProcess(state, namespace, containerId, execId);
			stopped(found, 'process');
			find(state, namespace, containerId).execs.delete(execId);
			return answerOf(found.process);
		},
		get: ({containerId, execId}, {namespace}) => ({process: findProcess(state, namespace, containerId, execId).process}),
		list: (_request, {namespace}) => ({tasks: [...state.peek(namespace).tasks.values()].map(({process}) => process)}),
		kill: ({containerId, execId, signal}, {namespace}) => {
			const found = findProcess(state, namespace, containerId, execId);
			if (found.process.status === Status.STOPPED) throw refusal(status.NOT_FOUND, 'process already finished: not found');
			if (signal === 9 || found.endsOn.includes(signal)) setImmediate(endProcess, state, namespace, containerId, execId, 128 + signal);
			return {};
		},
		exec: (request, {namespace}) => {
			const {containerId, execId} = request;
			const task = find(state, namespace, containerId);
			if (task.execs.has(execId)) throw alreadyExists(`id ${execId}`);
			task.execs.set(execId, newTask(newProcess(execId, request, 0), idle));
			say(namespace, '/tasks/exec-added', 'TaskExecAdded', events.TaskExecAdded, {containerId, execId});
			return {};
		},
		resizePty: ({containerId, execId}, {namespace}) => {
			findProcess(state, namespace, containerId, execId);
			return {};
		},
		closeIo: ({containerId, execId}, {namespace}) => {
			findProcess(state, namespace, containerId, execId);
			return {};
		},
		pause: ({containerId}, {namespace}) => {
			freeze(namespace, containerId, Status.RUNNING, Status.PAUSED);
			return {};
		},
		resume: ({containerId}, {namespace}) => {
			freeze(namespace, containerId, Status.PAUSED, Status.RUNNING);
			return {};
		},
		listPids: ({containerId}, {namespace}) => {
			const task = find(state, namespace, containerId);
			const details = (execId: string) => payload('containerd.runc.v1.ProcessDetails', ProcessDetails, {execId});
			const execs = [...task.execs].filter(([, {process}]) => process.status === Status.RUNNING);
			return {processes: [{pid: task.process.pid, info: undefined}, ...execs.map(([execId, {process}]) => ({pid: process.pid, info: details(execId)}))]};
		},
		checkpoint: () => {
			throw refusal(status.UNKNOWN, 'criu is not installed');
		},
		update: ({containerId, resources}, {namespace}) => {
			const task = find(state, namespace, containerId);
			const {memory} = JSON.parse(Buffer.from(resources?.value ?? '{}').toString()) as {memory?: {limit?: number}};
			if (memory?.limit !== undefined) task.usage = {...task.usage, memoryLimitBytes: memory.limit};
			return {};
		},
		metrics: ({filters}, {namespace}: Context) => {
			const matches = matcher(filters);
			const tasks = [...state.peek(namespace).tasks].filter(([id, {process}]) => process.status !== Status.STOPPED && matches(fieldsOf({id, namespace})));
			return {metrics: tasks.map(([id, task]) => metricOf(id, task, state.now(), cgroups))};
		},
		wait: async ({containerId, execId}, {namespace, signal}) => {
			const found = findProcess(state, namespace, containerId, execId);
			if (found.process.status !== Status.STOPPED) {
				await new Promise<void>(resolve => {
					found.waiting.push(resolve);
					signal.addEventListener('abort', () => resolve(), {once: true});
				});
			}

			return answerOf(found.process);
		},
	};
};
