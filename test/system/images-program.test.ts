import {execa} from 'execa';
import {existsSync} from 'node:fs';
import {dirname} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage, scriptsLayer} from '../../scripts/lab/busybox.ts';
import {containerdVersions, findContainerd} from '../../scripts/lab/find-containerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {type ImagesBench, leftovers, openImagesBench, whyNot} from './images/bench.ts';

const program = fileURLToPath(new URL('../../dist/gantry', import.meta.url));
const notBuilt = existsSync(program) ? undefined : 'dist/gantry is not built';
const image = busyboxImage('docker.io/lab/app:1', {extraLayers: [scriptsLayer({'app/hello': '#!/bin/sh\necho hello from $(uname -s)\n'})]});

/** What is handed out, as it is handed out: nothing of the test's own between it and the daemons. */
for (const version of containerdVersions) {
	const reason = notBuilt ?? whyNot(version);
	describe.skipIf(reason !== undefined)(titled(`the built program on containerd ${version}`, reason), () => {
		let bench: ImagesBench;
		const namespace = `program-${process.pid}`;
		const env = {HOME: '/nonexistent', NO_COLOR: '1', GANTRY_NODE: process.execPath};
		const gantry = async (...args: readonly string[]): Promise<string> =>
			(await execa(program, ['--address', bench.lab.address, '--namespace', namespace, '--data-root', bench.lab.dataRoot, ...args], {env})).stdout;

		beforeAll(async () => {
			bench = await openImagesBench(version);
			await bench.publish(image, 'app:1');
		});

		afterAll(async () => bench?.stop());

		test('gantry pull, ctr run', async () => {
			const name = `${bench.registry.host}/app:1`;
			expect(await gantry('pull', name)).toContain(name);
			const {leases, ingests} = await leftovers(bench.containerd, namespace);
			expect({leases, ingests}).toEqual({leases: [], ingests: []});
			const ctr = findContainerd(version)!.path.replace(/containerd$/, 'ctr');
			const where = ['-a', bench.lab.address, '-n', namespace];
			const apart = ['--runc-root', bench.lab.runcRoot, '--cgroup', `${bench.lab.cgroup}/program`];
			const {stdout} = await execa(ctr, [...where, 'run', '--rm', ...apart, name, `run-${process.pid}`, '/app/hello'], {
				env: {PATH: `${dirname(ctr)}:${process.env['PATH']}:/usr/sbin:/sbin`},
			});
			expect(stdout).toBe('hello from Linux');
		});

		test('gantry tag, gantry push, skopeo inspect: the same bytes', async () => {
			const [from, to] = [`${bench.registry.host}/app:1`, `${bench.registry.host}/elsewhere/app:2`];
			await gantry('tag', from, to);
			await gantry('push', to);
			const raw = async (name: string): Promise<Buffer> => bench.skopeo('inspect', '--raw', '--tls-verify=false', `docker://${name}`);
			expect((await raw(to)).equals(image.manifest.bytes)).toBe(true);
			expect((await raw(from)).equals(await raw(to))).toBe(true);
			const config = await bench.skopeo('inspect', '--config', '--raw', '--tls-verify=false', `docker://${to}`);
			expect(config.equals(image.config.bytes)).toBe(true);
			const {Layers, Digest} = JSON.parse((await bench.skopeo('inspect', '--tls-verify=false', `docker://${to}`)).toString()) as {Layers: string[]; Digest: string};
			expect({Layers, Digest}).toEqual({Layers: image.layers.map(({digest}) => digest), Digest: image.manifest.digest});
		});
	});
}
