import {describe, expect, test} from 'vitest';
import type {Socket} from '../../../source/clients/discover/index.ts';
import {Failure} from '../../../source/errors.ts';
import type {Task, TaskStatus} from '../../../source/model/container.ts';
import {chooseHost, chooseNamespace} from '../../../source/services/hosts/index.ts';

const taskOf = (status: TaskStatus, index: number): Task => ({containerId: `c${index}`, pid: 1, status, exitStatus: 0, exitedAt: undefined, stdin: '', stdout: '', stderr: '', terminal: false});

type Contents = Readonly<Record<string, readonly TaskStatus[] | Error>>;

const daemon = (contents: Contents, more: {readonly error?: Error; readonly onClose?: () => void} = {}) => ({
	version: async () => {
		if (more.error !== undefined) throw more.error;
		return {version: 'v2.1.0'};
	},
	namespaces: {list: async () => Object.keys(contents).map(name => ({name, labels: {}}))},
	tasks: {
		list: async (namespace: string) => {
			const statuses = contents[namespace] ?? [];
			if (statuses instanceof Error) throw statuses;
			return statuses.map(taskOf);
		},
	},
	close: () => more.onClose?.(),
});

const running = (count: number): readonly TaskStatus[] => Array.from({length: count}, () => 'running');

describe('chooseNamespace', () => {
	test.each([
		['nothing at all', {}, 'default'],
		['nothing that runs', {prod: [], dev: ['stopped', 'unknown']}, 'default'],
		['the busiest', {default: running(1), 'k8s.io': running(5), dev: running(2)}, 'k8s.io'],
		['paused is not ended', {default: running(1), dev: ['paused', 'created']}, 'dev'],
		['ended does not count', {default: running(1), dev: ['stopped', 'stopped', 'stopped']}, 'default'],
		['default among equals', {alpha: running(1), default: running(1)}, 'default'],
		['by name among equals', {'ci-10': running(1), 'ci-9': running(1)}, 'ci-9'],
		["dockerd's comes last", {moby: running(9), dev: running(1)}, 'dev'],
		["dockerd's before nothing", {moby: running(9), default: []}, 'moby'],
		["BuildKit's comes last", {buildkit: running(9), 'buildkit-x': running(9), dev: running(1)}, 'dev'],
		['one that just went away', {gone: new Failure('not-found', 'gone'), dev: running(1)}, 'dev'],
	])('%s', async (_, contents, expected) => {
		expect(await chooseNamespace(daemon(contents as Contents))).toBe(expected);
	});

	test('asks no more than eight at once, and all of two hundred', async () => {
		let active = 0;
		let most = 0;
		const names = Array.from({length: 200}, (_, index) => ({name: `ci-${index}`, labels: {}}));
		const chosen = await chooseNamespace({
			namespaces: {list: async () => names},
			tasks: {
				async list(name) {
					active++;
					most = Math.max(most, active);
					await Promise.resolve();
					active--;
					return name === 'ci-199' ? [taskOf('running', 0)] : [];
				},
			},
		});
		expect([chosen, most]).toEqual(['ci-199', 8]);
	});

	test('an abort passes', async () => {
		const abort = new DOMException('stop', 'AbortError');
		await expect(chooseNamespace(daemon({dev: abort}))).rejects.toBe(abort);
	});
});

const listening = (address: string): Socket => ({address, owner: address, identity: address, failure: undefined});
const broken = (address: string, failure: Failure, identity: string | undefined = address): Socket => ({...listening(address), identity, failure});
const missing = (address: string): Socket => ({...broken(address, new Failure('unavailable', `There is no socket at ${address}`)), identity: undefined});

describe('chooseHost', () => {
	const daemons: Readonly<Record<string, ReturnType<typeof daemon>>> = {
		'/idle': daemon({default: []}),
		'/ended': daemon({default: ['stopped']}),
		'/busy': daemon({default: [], dev: running(2)}),
		'/busier': daemon({default: running(7)}),
		'/other': daemon({}, {error: new Failure('unavailable', 'What listens at /other is not containerd')}),
		'/hangs': daemon({}, {error: new Failure('timeout', 'containerd at /hangs did not answer')}),
		'/bug': daemon({}, {error: new TypeError('x is undefined')}),
	};
	const open = (address: string) => daemons[address] ?? daemon({});

	test.each([
		['the only one', ['/idle'], '/idle', []],
		['the first with tasks', ['/idle', '/busy', '/busier'], '/busy', ['/idle', '/busier']],
		['the first when none has', ['/ended', '/idle'], '/ended', ['/idle']],
		['the one that answers', ['/other', '/hangs', '/idle'], '/idle', []],
	])('%s', async (_, addresses, chosen, others) => {
		const hosts = await chooseHost(addresses.map(listening), open);
		expect([hosts.chosen.address, hosts.others.map(host => host.address)]).toEqual([chosen, others]);
	});

	test('says what is there but of no use, not what is missing', async () => {
		const {unusable, chosen} = await chooseHost([missing('/none'), broken('/locked', new Failure('denied', 'Permission denied at /locked')), listening('/other'), listening('/busy')], open);
		expect(chosen).toEqual({address: '/busy', owner: '/busy', version: 'v2.1.0', tasks: 2});
		expect(unusable.map(({address, failure}) => [address, failure.code])).toEqual([
			['/locked', 'denied'],
			['/other', 'unavailable'],
		]);
	});

	test.each([
		['a named one that is missing', [missing('/none')], 'unavailable', 'There is no socket at /none'],
		['a named one that is another daemon', [listening('/other')], 'unavailable', 'What listens at /other is not containerd'],
		['a named one that hangs', [listening('/hangs')], 'timeout', 'containerd at /hangs did not answer'],
		['several missing', [missing('/a'), missing('/b')], 'unavailable', 'No containerd was found: There is no socket at /a; There is no socket at /b'],
		['one locked among missing', [missing('/a'), broken('/b', new Failure('denied', 'Permission denied at /b'))], 'denied', 'No containerd was found: There is no socket at /a; Permission denied at /b'],
		['nowhere to look', [], 'unavailable', 'No containerd was found'],
	])('%s fails', async (_, sockets, code, message) => {
		await expect(chooseHost(sockets as readonly Socket[], open)).rejects.toMatchObject({code, message});
	});

	test('the hint is that of what could work', async () => {
		const sockets = [missing('/a'), broken('/b', new Failure('denied', 'Permission denied at /b', {hint: 'run as root'}))];
		await expect(chooseHost(sockets, open)).rejects.toMatchObject({hint: 'run as root'});
		await expect(chooseHost([missing('/a'), missing('/b')], open)).rejects.toMatchObject({hint: 'start containerd, or name its socket with --address'});
	});

	test('what was opened is closed, and an abort passes', async () => {
		let closed = 0;
		const abort = new DOMException('stop', 'AbortError');
		const onClose = () => void closed++;
		await chooseHost([listening('/a')], () => daemon({}, {onClose}));
		await expect(chooseHost([listening('/a')], () => daemon({}, {error: abort, onClose}))).rejects.toBe(abort);
		expect(closed).toBe(2);
	});

	test('a mistake of ours is not taken for a daemon', async () => {
		await expect(chooseHost([listening('/bug')], open)).rejects.toMatchObject({code: 'internal', message: 'Could not ask /bug: x is undefined'});
	});
});
