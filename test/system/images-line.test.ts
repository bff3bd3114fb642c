import {execa} from 'execa';
import {randomBytes} from 'node:crypto';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {type ImagesBench, leftovers, nothing, openImagesBench, whyNot} from './images/bench.ts';

const version = '1.6';
const image = busyboxImage('docker.io/lab/app:1');
const noisy = busyboxImage('docker.io/lab/noisy:1', {
	extraLayers: [{createdBy: 'COPY noise /', entries: [{kind: 'file', path: 'noise', content: randomBytes(8_000_000)}]}],
});
const wiring = fileURLToPath(new URL('../../source/wiring/line.ts', import.meta.url));
const program = `const {runVerb} = await import(${JSON.stringify(wiring)}); process.exit(await runVerb(process.argv.slice(1), 'test'));`;

/** Signals and exit codes are a process's own. */
describe.skipIf(whyNot(version) !== undefined)(titled('the image verbs as a program', whyNot(version)), () => {
	let bench: ImagesBench;
	const namespace = `line-${process.pid}`;
	const gantry = (...args: readonly string[]) =>
		execa(
			process.execPath,
			[
				'--input-type=module',
				'-e',
				program,
				'--',
				'--address',
				bench.lab.address,
				'--namespace',
				namespace,
				'--data-root',
				bench.lab.dataRoot,
				...args,
			],
			{
				reject: false,
				env: {HOME: bench.dir, NODE_NO_WARNINGS: '1'},
			},
		);

	beforeAll(async () => {
		bench = await openImagesBench(version);
		await bench.publish(image, 'lab/app:1');
	});

	afterAll(async () => bench?.stop());

	test('SIGINT while a layer hangs ends with 130 and leaves nothing', async () => {
		bench.proxy.setFault(({url}) => (url.includes(image.layers[0]!.digest) ? {kind: 'hold'} : undefined));
		const pulling = gantry('pull', `${bench.proxy.host}/lab/app:1`);
		await bench.proxy.held;
		pulling.kill('SIGINT');
		const {exitCode, stderr} = await pulling;
		expect({exitCode, stderr}).toEqual({exitCode: 130, stderr: ''});
		bench.proxy.setFault(() => undefined);
		expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
	});

	test('killed in the middle, the next try goes on where it stopped and clears up', async () => {
		const other = `${namespace}-killed`;
		const {digest, bytes} = noisy.layers[2]!;
		await bench.publish(noisy, 'lab/noisy:1');
		// Cut once half way, and the rest is asked for by range: that one hangs.
		bench.proxy.setFault(({url, headers}) => (url.includes(digest) ? (headers['range'] === undefined ? {kind: 'cut', after: 4_000_000} : {kind: 'hold'}) : undefined));
		const pulling = gantry('-n', other, 'pull', `${bench.proxy.host}/lab/noisy:1`);
		await expect.poll(async () => (await bench.containerd.content.statuses(other)).some(({offset}) => offset >= 1_000_000), {timeout: 20_000}).toBe(true);
		pulling.kill('SIGKILL');
		await pulling;
		expect(await bench.containerd.leases.list(other)).toHaveLength(1);
		bench.proxy.setFault(() => undefined);
		const before = bench.proxy.seen.length;
		expect(await gantry('-n', other, 'pull', '-q', `${bench.proxy.host}/lab/noisy:1`)).toMatchObject({exitCode: 0});
		const asked = bench.proxy.seen.slice(before).filter(({url}) => url.includes(digest));
		const starts = asked.map(({headers}) => Number(/^bytes=(\d+)-/.exec(headers['range'] ?? 'bytes=0-')?.[1]));
		expect(starts[0]).toBeGreaterThanOrEqual(1_000_000);
		expect(starts[0]).toBeLessThan(bytes.length);
		const {leases, ingests} = await leftovers(bench.containerd, other);
		expect({leases, ingests}).toEqual({leases: [], ingests: []});
	});

	test('quiet verbs print what scripts read, and a pipe carries an image', async () => {
		const name = `${bench.proxy.host}/lab/app:1`;
		expect(await gantry('pull', '-q', name)).toMatchObject({exitCode: 0, stdout: name, stderr: ''});
		await gantry('tag', name, `${bench.proxy.host}/lab/again:1`);
		expect(await gantry('push', '-q', `${bench.proxy.host}/lab/again:1`)).toMatchObject({
			exitCode: 0,
			stdout: `${bench.proxy.host}/lab/again:1`,
		});
		const saving = execa(
			process.execPath,
			['--input-type=module', '-e', program, '--', '--address', bench.lab.address, '-n', namespace, 'save', name],
			{env: {NODE_NO_WARNINGS: '1'}, buffer: false},
		);
		const loading = gantry('-n', `${namespace}-2`, 'load');
		saving.stdout.pipe(loading.stdin!);
		expect(await loading).toMatchObject({exitCode: 0, stdout: `Loaded image: ${name}`});
		await saving;
		expect(await gantry('pull', `${bench.proxy.host}/lab/none:1`)).toMatchObject({
			exitCode: 1,
			stderr: expect.stringContaining(`Could not pull ${bench.proxy.host}/lab/none:1: `),
		});
		expect(await gantry('save', 'lab/none:1')).toMatchObject({exitCode: 1, stderr: 'no such image: lab/none:1'});
	});
});
