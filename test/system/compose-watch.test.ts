import {mkdirSync, rmSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {busyboxImage, scriptsLayer} from '../../scripts/lab/busybox.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {Sink} from '../commands/line/surroundings.ts';
import {type ComposeBench, composeImage, openComposeBench, staying} from './compose-bench.ts';

const reason = whyNoContainers();
let bench: ComposeBench;

vi.setConfig({testTimeout: 120_000});

const inside = async (script: string, index = '1'): Promise<string> => (await bench.compose(['exec', '-T', '--index', index, 'web', 'sh', '-c', script])).out.trim();
const waiting = {timeout: 30_000};

describe.skipIf(reason !== undefined)(titled('compose watch', reason), () => {
	const stop = new AbortController();
	const err = new Sink();
	let built = 0;
	let watching: Promise<{readonly code: number}>;

	beforeAll(async () => {
		bench = await openComposeBench('watch', {
			build: async (name, {containerd, namespace}) => {
				built += 1;
				const image = busyboxImage(name, {extraLayers: [scriptsLayer({'app/version': String(built)})]});
				// As a builder does: the name leads to the new image from then on.
				for (const old of (await containerd.images.list(namespace)).filter(one => one.name === image.name)) await containerd.images.remove(namespace, old.name);
				await importImage(containerd, namespace, image);
			},
		});
		mkdirSync(join(bench.folder, 'src', 'deep'), {recursive: true});
		bench.write('src/first', 'one');
		bench.write('src/skipped.md', 'no');
		bench.write('settings', 'a=1');
		bench.write(
			'compose.yaml',
			`services:
  made:
    build: ./made
    network_mode: none
    command: ${staying()}
    develop: {watch: [{path: ./made, action: rebuild}]}
  web:
    image: "${composeImage}"
    network_mode: none
    scale: 2
    command: ${staying()}
    develop:
      watch:
        - {path: ./src, action: sync, target: /app/src, ignore: ["**/*.md"], initial_sync: true}
        - {path: ./settings, action: sync+restart, target: /etc/settings}
        - {path: ./hooks, action: sync+exec, target: /hooks, exec: {command: [/bin/sh, -c, "cat /hooks/* > /tmp/hooked"]}}
`,
		);
		mkdirSync(join(bench.folder, 'hooks'));
		mkdirSync(join(bench.folder, 'made'));
		bench.write('made/.dockerignore', '*.log');
		watching = bench.compose(['watch'], {signal: stop.signal, stderr: err});
	});

	afterAll(async () => {
		await bench?.stop();
	});

	test('begins with what is there, into every replica', async () => {
		await expect.poll(() => err.text, waiting).toContain('watching 4 paths of made, web\n');
		for (const index of ['1', '2']) expect(await inside('cat /app/src/first; ls /app/src', index)).toBe('onefirst');
	});

	test('copies what is written and takes away what is removed, folders too', async () => {
		bench.write('src/first', 'two');
		bench.write('src/deep/second', 'new');
		bench.write('src/deep/notes.md', 'no');
		await expect.poll(() => inside('cat /app/src/first /app/src/deep/second', '2'), waiting).toBe('twonew');
		rmSync(join(bench.folder, 'src', 'first'));
		await expect.poll(() => inside('ls /app/src'), waiting).toBe('deep');
		mkdirSync(join(bench.folder, 'src', 'later'));
		bench.write('src/later/third', 'late');
		symlinkSync('third', join(bench.folder, 'src', 'later', 'link'));
		await expect.poll(() => inside('cat /app/src/later/link'), waiting).toBe('late');
		expect(await inside('find /app -name "*.md"')).toBe('');
	});

	test('restarts, and runs what is to be run, after the copy', async () => {
		const started = async () => (await bench.services.containers.inspect(await bench.services.containers.find(bench.namespace, `${bench.name}-web-1`))).task?.pid;
		const before = await started();
		bench.write('settings', 'a=2');
		await expect.poll(() => inside('cat /etc/settings'), waiting).toBe('a=2');
		await expect.poll(async () => [undefined, before].includes(await started()), waiting).toBe(false);
		bench.write('hooks/one', 'said');
		await expect.poll(() => inside('cat /tmp/hooked'), waiting).toBe('said');
	});

	test('builds anew and replaces the container, but not for what the context ignores', async () => {
		const version = async () => (await bench.compose(['exec', '-T', 'made', 'cat', '/app/version'])).out;
		expect(await version()).toBe('1');
		bench.write('made/noise.log', 'no');
		bench.write('made/Dockerfile', 'FROM scratch');
		await expect.poll(version, waiting).toBe('2');
		expect(built).toBe(2);
		expect((await bench.compose(['ps', '-q', 'made'])).out.trim().split('\n')).toHaveLength(1);
	});

	test('tells of what goes wrong, and goes on', async () => {
		await inside('mkdir /app/src/taken');
		bench.write('src/taken', 'a file');
		await expect.poll(() => err.text, waiting).toContain('web: Could not copy into / of ');
		rmSync(join(bench.folder, 'src', 'taken'));
		bench.write('src/after', 'still here');
		await expect.poll(() => inside('cat /app/src/after'), waiting).toBe('still here');
	});

	test('ends well when it is interrupted, and the containers go on', async () => {
		stop.abort();
		expect((await watching).code).toBe(0);
		expect(Object.values(await bench.states())).toEqual(['running', 'running', 'running']);
	});

	test('needs something to watch', async () => {
		bench.write('none.yaml', `services: {web: {image: "${composeImage}"}}`);
		expect((await bench.compose(['-f', join(bench.folder, 'none.yaml'), '-p', 'none', 'watch', '--no-up'], {bare: true})).err).toBe('no service of none says what is to be watched — give one develop.watch\n');
	});
});
