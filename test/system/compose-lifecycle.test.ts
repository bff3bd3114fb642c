import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {type ComposeBench, composeImage, openComposeBench, staying} from './compose-bench.ts';

const reason = whyNoContainers();
let bench: ComposeBench;

vi.setConfig({testTimeout: 120_000});

/** States of the two services' containers. */
const both = async () => {
	const states = await bench.states();
	return [states[`${bench.name}-db-1`], states[`${bench.name}-web-1`]];
};

const told = (err: string): readonly string[] => err.split('\n').map(line => line.replace(/: done in .*/, '').replace(/ after [\d.]+ s/, '')).filter(line => line !== '');

describe.skipIf(reason !== undefined)(titled("verbs for a project's containers", reason), () => {
	beforeAll(async () => {
		bench = await openComposeBench('lifecycle');
		bench.write(
			'compose.yaml',
			`services:
  db: {image: "${composeImage}", network_mode: none, command: ${staying()}, healthcheck: {test: "test -e /tmp/ready", interval: 100ms, retries: 50}}
  web: {image: "${composeImage}", network_mode: none, command: ${staying()}, depends_on: {db: {condition: service_healthy, restart: true}}}
`,
		);
	});

	afterAll(async () => bench?.stop());

	test('create makes what start starts, in order and after what its file waits for', async () => {
		expect(await bench.compose(['start'])).toMatchObject({code: 1, err: `the project ${bench.name} has no container to start — make them with compose up or compose create\n`});
		expect((await bench.compose(['create'])).code).toBe(0);
		expect(await both()).toEqual(['created', 'created']);
		const {code, err} = await bench.compose(['start']);
		expect({code, told: told(err)}).toEqual({code: 0, told: [`start container ${bench.name}-db-1`, 'db: service healthy', `start container ${bench.name}-web-1`]});
		expect(await both()).toEqual(['running', 'running']);
		expect((await bench.compose(['start'])).err).toBe(`${bench.name}: there is nothing to start\n`);
	});

	test('restart takes those along that want it', async () => {
		const pids = async () => Promise.all(['db', 'web'].map(async service => (await bench.compose(['ps', '-q', service])).out.trim()).map(async id => (await bench.services.containers.inspect({namespace: bench.namespace, id: await id})).task?.pid));
		const before = await pids();
		expect(told((await bench.compose(['restart', 'db', '-t', '5'])).err)).toEqual([`restart container ${bench.name}-db-1`, `restart container ${bench.name}-web-1`]);
		const after = await pids();
		expect(after.every((pid, at) => pid !== undefined && pid !== before[at])).toBe(true);
		expect(told((await bench.compose(['restart', 'db', '--no-deps', '--dry-run'])).err)).toEqual([]);
		expect((await bench.compose(['restart', 'db', '--no-deps', '--dry-run'])).out).toBe(`#1 restart container ${bench.name}-db-1: it was asked for\n`);
	});

	test('pause, unpause, kill, stop, rm', async () => {
		await bench.compose(['pause', 'web']);
		expect(await both()).toEqual(['running', 'paused']);
		await bench.compose(['unpause']);
		expect(await both()).toEqual(['running', 'running']);
		expect((await bench.compose(['kill', '-s', 'KILL', 'web'])).code).toBe(0);
		await expect.poll(both).toEqual(['running', 'exited']);
		await bench.compose(['start', 'web']);
		expect(told((await bench.compose(['stop', '-t', '5'])).err)).toEqual([`stop container ${bench.name}-web-1`, `stop container ${bench.name}-db-1`]);
		expect(await both()).toEqual(['exited', 'exited']);
		expect(await bench.compose(['rm', 'web'], {input: 'n\n'})).toMatchObject({code: 0, out: 'WARNING! This will remove all stopped containers of web.\nAre you sure you want to continue? [y/N] '});
		expect(await both()).toEqual(['exited', 'exited']);
		await bench.compose(['rm', 'web'], {input: 'y\n'});
		expect(await both()).toEqual(['exited', undefined]);
		await bench.compose(['start', 'db']);
		await bench.compose(['rm', '-f']);
		expect(await both()).toEqual(['running', undefined]);
		await bench.compose(['rm', '-fs', '-t', '5']);
		expect(await bench.states()).toEqual({});
	});

	test('down takes away the containers of some services alone', async () => {
		await bench.compose(['up', '-d']);
		expect(told((await bench.compose(['down', '-t', '5', 'web', 'db'])).err)).toEqual(['web', 'db'].flatMap(service => [`stop container ${bench.name}-${service}-1`, `remove container ${bench.name}-${service}-1`]));
		expect(await bench.states()).toEqual({});
	});

	test('a name that nobody has is refused', async () => {
		expect(await bench.compose(['stop', 'wbe'])).toEqual({code: 1, out: '', err: `the project ${bench.name} has no service "wbe" — did you mean web?\n`});
	});
});
