import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {Sink} from '../commands/line/surroundings.ts';
import {type ComposeBench, composeImage, openComposeBench, staying} from './compose-bench.ts';

const reason = whyNoContainers();
let bench: ComposeBench;

vi.setConfig({testTimeout: 120_000});

const lines = (text: string): readonly string[] => text.split('\n').filter(line => line !== '');
const cells = (text: string): ReadonlyArray<readonly string[]> => lines(text).map(line => line.split(/ {2,}/).map(cell => cell.trim()));

describe.skipIf(reason !== undefined)(titled('verbs that look at and into the containers of a project', reason), () => {
	beforeAll(async () => {
		bench = await openComposeBench('inside');
		bench.write('compose.yaml', `services:\n  web: {image: "${composeImage}", network_mode: none, scale: 2, command: ${staying()}, environment: {A: a}}\n  job: {image: "${composeImage}", network_mode: none, command: [/bin/sh, -c, "exit 4"]}\n`);
		await bench.compose(['up', '-d']);
		expect((await bench.compose(['wait', 'job'])).code).toBe(4);
	});

	afterAll(async () => bench?.stop());

	test('exec runs in the first replica that runs, or in one with a number, and ends with its code', async () => {
		expect(await bench.compose(['exec', 'web', 'hostname'])).toMatchObject({code: 0, err: ''});
		expect(await bench.compose(['exec', '-T', '-e', 'B=b', '-w', '/tmp', '-u', 'nobody', 'web', 'sh', '-c', 'echo $A $B $PWD $(id -un); exit 5'])).toEqual({code: 5, out: 'a b /tmp nobody\n', err: ''});
		expect(await bench.compose(['exec', '-T', '--index', '2', 'web', 'cat'], {input: 'through'})).toEqual({code: 0, out: 'through', err: ''});
		expect((await bench.compose(['exec', '--index', '7', 'web', 'true'])).err).toBe('the service web has no container with the number 7 — there are 1, 2\n');
		expect((await bench.compose(['exec', 'wbe', 'true'])).err).toBe(`the project ${bench.name} has no service "wbe" — did you mean web?\n`);
		expect((await bench.compose(['exec', 'job', 'true'])).code).toBe(1);
	});

	test('cp goes into every replica, and out of one', async () => {
		bench.write('note', 'written');
		expect((await bench.compose(['cp', '--dry-run', join(bench.folder, 'note'), 'web:/tmp/note'])).out).toBe(`copy ${bench.folder}/note to ${bench.name}-web-1:/tmp/note\ncopy ${bench.folder}/note to ${bench.name}-web-2:/tmp/note\n`);
		expect(await bench.compose(['cp', join(bench.folder, 'note'), 'web:/tmp/note'])).toEqual({code: 0, out: '', err: ''});
		for (const index of ['1', '2']) expect((await bench.compose(['exec', '-T', '--index', index, 'web', 'cat', '/tmp/note'])).out).toBe('written');
		expect((await bench.compose(['cp', 'web:/tmp/note', join(bench.folder, 'back')])).code).toBe(0);
		expect(readFileSync(join(bench.folder, 'back'), 'utf8')).toBe('written');
		expect((await bench.compose(['cp', '/a', '/b'])).err).toBe('one of the two must be SERVICE:PATH\n');
	});

	test('top, stats and images have a part for each container', async () => {
		const top = (await bench.compose(['top', 'web'])).out;
		expect(lines(top).filter(line => line.startsWith(bench.name))).toEqual([`${bench.name}-web-1`, `${bench.name}-web-2`]);
		expect(top.match(/sleep 0\.05|trap/g)?.length).toBeGreaterThanOrEqual(2);
		expect(lines((await bench.compose(['stats', '--no-stream', '--format', '{{.Name}}'])).out).toSorted()).toEqual([`${bench.name}-web-1`, `${bench.name}-web-2`]);
		expect(await bench.compose(['stats', 'job'])).toEqual({code: 0, out: '', err: `${bench.name}: no container runs\n`});
		const [head, ...rows] = cells((await bench.compose(['images'])).out);
		expect(head).toEqual(['CONTAINER', 'REPOSITORY', 'TAG', 'IMAGE ID', 'SIZE']);
		expect(rows.map(row => row.slice(0, 3))).toEqual(['job-1', 'web-1', 'web-2'].map(name => [`${bench.name}-${name}`, 'lab/compose', '1']));
		const [first] = JSON.parse((await bench.compose(['images', '--format', 'json', 'web'])).out) as ReadonlyArray<Readonly<Record<string, string>>>;
		expect((await bench.compose(['images', '-q'])).out).toBe(`${first?.['ImageID']?.slice(7, 19)}\n`);
	});

	test('ps narrows by state, and says what docker says', async () => {
		const names = async (...args: readonly string[]) => lines((await bench.compose(['ps', '--format', '{{.Name}}', ...args])).out).map(name => name.slice(bench.name.length + 1));
		expect(await names()).toEqual(['web-1', 'web-2']);
		expect(await names('--status', 'exited')).toEqual(['job-1']);
		expect(await names('--filter', 'status=running', '--status=exited', 'job')).toEqual(['job-1']);
		expect((await bench.compose(['ps', '--status', 'gone'])).err).toBe('there is no state "gone" — states are paused, restarting, removing, running, dead, created, exited\n');
		const [job] = lines((await bench.compose(['ps', '-a', '--format', 'json', 'job'])).out).map(line => JSON.parse(line) as unknown);
		expect(job).toMatchObject({Name: `${bench.name}-job-1`, Service: 'job', State: 'exited', ExitCode: 4, Health: '', Publishers: null});
		bench.write('fewer.yaml', `services: {web: {image: "${composeImage}"}}`);
		const orphans = (flag: string) => bench.compose(['-f', join(bench.folder, 'fewer.yaml'), '-p', bench.name, 'ps', '--services', '-a', flag], {bare: true});
		expect([(await orphans('--orphans=true')).out, (await orphans('--orphans=false')).out]).toEqual(['job\nweb\n', 'web\n']);
	});

	test('ls counts the states', async () => {
		const file = join(bench.folder, 'compose.yaml');
		// These two know no project of their own.
		const ls = async (...args: readonly string[]) => bench.compose(['ls', ...args], {bare: true});
		expect(cells((await ls()).out)).toEqual([['NAME', 'STATUS', 'CONFIG FILES'], [bench.name, 'exited(1), running(2)', file]]);
		expect(JSON.parse((await ls('--format', 'json')).out)).toEqual([{Name: bench.name, Status: 'exited(1), running(2)', ConfigFiles: file}]);
		expect((await ls('-q', '--filter', 'name=^nothing')).out).toBe('');
		expect((await bench.compose(['version', '--short'], {bare: true})).out).toBe('0.1.0\n');
	});

	test('events are of the project alone, as text and as JSON', async () => {
		const [text, json] = [new Sink(), new Sink()];
		const stop = new AbortController();
		const listening = [bench.compose(['events', 'web'], {stdout: text, signal: stop.signal}), bench.compose(['events', '--json'], {stdout: json, signal: stop.signal})];
		// Until both hear: an event before that is nobody's.
		await expect
			.poll(async () => {
				await bench.compose(['restart', 'web', '-t', '5']);
				return text.text.includes(' start ') && json.text.includes('"start"');
			}, {timeout: 30_000})
			.toBe(true);
		stop.abort();
		expect((await Promise.all(listening)).map(({code}) => code)).toEqual([130, 130]);
		expect(lines(text.text).find(line => line.includes(' start '))).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\d [\\d:.]{15} container start [0-9a-f]{64} \\(image=docker.io/${composeImage}, name=${bench.name}-web-\\d\\)$`));
		const started = lines(json.text).map(line => JSON.parse(line) as Readonly<Record<string, unknown>>).find(({action}) => action === 'start');
		expect(started).toMatchObject({type: 'container', service: 'web', attributes: {image: `docker.io/${composeImage}`}});
	});

	test('attach shows what comes, and port what is not published', async () => {
		expect((await bench.compose(['port', 'web', '80'])).err).toMatch(/^no public port 80\/tcp published for /);
		expect((await bench.compose(['attach', 'job'])).code).toBe(1);
		const out = new Sink();
		const attached = bench.compose(['attach', '--index', '2', 'web'], {stdout: out});
		// It shows what comes once it is there, so something comes until it does.
		await expect
			.poll(async () => {
				await bench.compose(['exec', '-T', '--index', '2', 'web', 'sh', '-c', 'echo heard > /proc/1/fd/1']);
				return out.text;
			}, {timeout: 20_000})
			.toContain('heard\n');
		await bench.compose(['exec', '-T', '--index', '2', 'web', 'sh', '-c', 'kill -TERM 1']);
		expect((await attached).code).toBe(0);
	});
});
