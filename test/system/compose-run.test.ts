import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {Sink} from '../commands/line/surroundings.ts';
import {type ComposeBench, composeImage, openComposeBench, staying} from './compose-bench.ts';

const reason = whyNoContainers();
let bench: ComposeBench;

vi.setConfig({testTimeout: 120_000});

const oneOffs = async () => (await bench.services.containers.find(bench.namespace, `${bench.name}-kept`).catch(() => undefined))?.labels ?? {};

describe.skipIf(reason !== undefined)(titled('compose run', reason), () => {
	beforeAll(async () => {
		bench = await openComposeBench('run');
		bench.write(
			'compose.yaml',
			`services:
  db: {image: "${composeImage}", network_mode: none, command: ${staying()}, healthcheck: {test: "test -e /tmp/ready", interval: 100ms, retries: 50}}
  task:
    image: "${composeImage}"
    network_mode: none
    entrypoint: [/bin/sh, -c]
    command: ["echo usual"]
    environment: {A: a, B: b}
    depends_on: {db: {condition: service_healthy}}
    restart: always
    volumes: ["data:/data", "/tmp:/host:ro"]
volumes: {data: }
`,
		);
	});

	afterAll(async () => bench?.stop());

	test('brings up what the service waits for, runs the command with what was said, and is no replica', async () => {
		const ran = await bench.compose(['run', '--rm', '-e', 'B=x', '-w', '/tmp', '-u', 'nobody', 'task', 'echo $A $B $PWD $(id -un); exit 6']);
		expect({code: ran.code, out: ran.out}).toEqual({code: 6, out: 'a x /tmp nobody\n'});
		expect(await bench.states()).toEqual({[`${bench.name}-db-1`]: 'running'});
		expect((await bench.compose(['run', '--rm', '--no-deps', 'task'])).out).toBe('usual\n');
		expect((await bench.compose(['run', '--rm', '--entrypoint', 'echo "one two"', 'task', 'three'])).out).toBe('one two three\n');
		expect((await bench.compose(['run', '--rm', '-T', 'task', 'cat'], {input: 'through'})).out).toBe('through');
		expect(await bench.states()).toEqual({[`${bench.name}-db-1`]: 'running'});
	});

	test("mounts the project's volumes and directories, over the service's own", async () => {
		const folder = join(bench.lab.dir, 'mounted');
		mkdirSync(folder);
		writeFileSync(join(folder, 'note'), 'from here');
		await bench.compose(['run', '--rm', '-v', 'data:/other', 'task', 'echo kept > /other/file']);
		expect((await bench.compose(['run', '--rm', '-v', `${folder}:/host`, 'task', 'cat /data/file /host/note'])).out).toBe('kept\nfrom here');
		expect((await bench.compose(['run', '--rm', '-v', 'nothing:/x', 'task'])).err).toContain(`the project ${bench.name} has no volume nothing — a directory begins with /\n`);
		expect((await bench.compose(['run', '--rm', '-v', './x:/x', 'task'])).err).toContain('has a relative path');
	});

	test('stays when it is not to be removed, is left alone by up, and goes with down', async () => {
		expect((await bench.compose(['run', '-d', '--name', `${bench.name}-kept`, '-l', 'mine=yes', 'task', 'exec sleep 1000'])).out).toBe(`${bench.name}-kept\n`);
		expect(await oneOffs()).toMatchObject({'com.docker.compose.oneoff': 'True', 'com.docker.compose.service': 'task', mine: 'yes'});
		await bench.compose(['up', '-d', 'db']);
		await bench.compose(['stop', 'task']);
		expect((await bench.states())[`${bench.name}-kept`]).toBe('running');
		const out = new Sink();
		await bench.compose(['logs'], {stdout: out});
		expect(out.text).not.toContain('kept');
		await bench.compose(['down', '-v', '-t', '1']);
		expect(await bench.states()).toEqual({});
	});

	test('what can not be is refused before anything is made', async () => {
		expect((await bench.compose(['run', '--entrypoint', '"open', 'task'])).err).toContain('--entrypoint ends within "');
		expect((await bench.compose(['run', 'tsk'])).err).toBe(`the project ${bench.name} has no service "tsk" — did you mean task?\n`);
		expect((await bench.compose(['run', '-t', 'task'])).err).toBe('flag -t is not supported: a terminal is given where there is one; -T takes it away\n');
	});
});
