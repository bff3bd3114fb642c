import {execa} from 'execa';
import {randomBytes} from 'node:crypto';
import {mkdir, mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {openHosts} from '../../source/clients/registry/index.ts';
import {isAbort, sentence} from '../../source/errors.ts';
import {createImages} from '../../source/services/images/index.ts';
import {type Certificates, makeCertificates} from '../helpers/registry/certificates.ts';
import {failureOf, openClient} from '../helpers/registry/client.ts';
import {account, startDockerRegistry} from '../helpers/registry/docker-registry.ts';
import {contentOf, here, type ImagesBench, leftovers, nothing, openImagesBench, snapshotter, whyNot} from './images/bench.ts';

const heavy = busyboxImage('docker.io/lab/heavy:1', {
	extraLayers: [1, 2, 3].map((at) => ({createdBy: `COPY part${at} /`, entries: [{kind: 'file' as const, path: `part${at}`, content: randomBytes(12_000_000)}]})),
});

const request = (namespace: string, reference: string) => ({namespace, reference, platforms: [here], snapshotter, unpack: true});

for (const version of ['1.6', '2.1'] as const)
	describe.skipIf(whyNot(version) !== undefined)(titled(`a disk that is full, on containerd ${version}`, whyNot(version)), () => {
		let bench: ImagesBench;
		let folder: string;
		let lab: LabContainerd | undefined;
		let containerd: Containerd;

		beforeAll(async () => {
			bench = await openImagesBench(version);
			await bench.publish(heavy, 'lab/heavy:1');
			folder = await mkdtemp(join(tmpdir(), 'gantry-small-'));
			await execa('mount', ['-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', folder]);
			await mkdir(join(folder, 'lab'));
			lab = await startContainerd({version, dir: join(folder, 'lab')});
			containerd = createContainerd({address: lab.address});
		});

		afterAll(async () => {
			containerd?.close();
			await lab?.stop();
			await execa('umount', [folder]);
			await rm(folder, {recursive: true, force: true});
			await bench?.stop();
		});

		const resize = async (megabytes: number): Promise<void> => {
			await execa('mount', ['-o', `remount,size=${megabytes}m`, folder]);
		};

		const usedMegabytes = async (): Promise<number> => {
			const {stdout} = await execa('df', ['--output=used', '-BK', folder]);
			return Math.ceil(Number.parseInt(stdout.split('\n')[1] ?? '', 10) / 1024);
		};

		test.each([
			['while a layer is written', 20],
			['while a layer is unpacked', 48],
		])('%s: it is told, nothing half-made stays, and with more room the second try goes on', {timeout: 60_000}, async (title, room) => {
			const namespace = `full-${room}-${process.pid}`;
			const images = createImages({containerd, openRegistry: async () => bench.client, reach: async () => ({plainHttp: true})});
			await resize((await usedMegabytes()) + room);
			const failure = await failureOf(images.pull(request(namespace, `${bench.registry.host}/lab/heavy:1`)));
			expect(sentence(failure), title).toMatch(/^Could not pull [^ ]+lab\/heavy:1: .*no space left on device/);
			await resize(400);
			expect(await leftovers(containerd, namespace)).toEqual(nothing);
			expect(await containerd.images.list(namespace)).toEqual([]);
			const kept = await contentOf(containerd, namespace);
			expect(kept.length).toBeGreaterThan(0);
			const image = await images.pull(request(namespace, `${bench.registry.host}/lab/heavy:1`));
			expect(image.target.digest).toBe(heavy.manifest.digest);
			await containerd.images.remove(namespace, image.name, {sync: true});
			expect(await leftovers(containerd, namespace)).toEqual(nothing);
			expect(await contentOf(containerd, namespace)).toEqual([]);
		});
	});

describe.skipIf(whyNot('1.6') !== undefined)(titled('what registries refuse, at a pull', whyNot('1.6')), () => {
	let bench: ImagesBench;
	let certificates: Certificates;
	let folder: string;

	beforeAll(async () => {
		bench = await openImagesBench('1.6');
		await bench.publish(busyboxImage('docker.io/lab/app:1'), 'lab/app:1');
		folder = await mkdtemp(join(tmpdir(), 'gantry-trouble-'));
		certificates = await makeCertificates(folder);
	});

	afterAll(async () => {
		await bench?.stop();
		await rm(folder, {recursive: true, force: true});
	});

	const body = (code: string, message: string): string => JSON.stringify({errors: [{code, message}]});

	// An answer to HEAD has no words, and who is refused for asking too much is not asked again with GET.
	const refusals: ReadonlyArray<readonly [number, string, RegExp]> = [
		[401, body('UNAUTHORIZED', 'who are you'), /answered 401 Unauthorized: who are you.* — log in first: gantry login/],
		[403, body('DENIED', 'not yours'), /answered 403 Forbidden: not yours.* — ask for access/],
		[404, body('NAME_UNKNOWN', 'no such thing'), /answered 404 Not Found: no such thing.* — check the name/],
		[429, body('TOOMANYREQUESTS', 'slow down'), /answered 429 Too Many Requests(?:: slow down)?.* — wait a while/],
		[503, 'down for the night', /answered 503 Service Unavailable: down for the night.* — the fault is on the registry/],
	];

	test.each(refusals.flatMap(([status, text, words]) => [[status, 'manifests', text, words] as const, [status, 'blobs', text, words] as const]))('%i for %s is told in one sentence', async (status, what, text, words) => {
		const namespace = `refused-${status}-${what}-${process.pid}`;
		bench.proxy.setFault(({method, url}) => (url.includes(`/${what}/`) ? {kind: 'answer', status, body: method === 'HEAD' ? '' : text} : undefined));
		const failure = await failureOf(bench.images.pull(request(namespace, `${bench.proxy.host}/lab/app:1`)));
		bench.proxy.setFault(() => undefined);
		const told = sentence(failure);
		expect(told).toMatch(words);
		expect(told.match(/Could not/g), told).toHaveLength(1);
		expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
		await bench.images.forgetPartial(namespace);
		expect(await contentOf(bench.containerd, namespace)).toEqual([]);
	});

	test('a certificate that has expired', async () => {
		const expired = await startDockerRegistry({tls: certificates.expired});
		const ca = await readFile(certificates.ca, 'utf8');
		const trusting = {
			find: async (host: string) => (await openHosts({dirs: [], insecureRegistry: true}).find(host)).map((endpoint) => ({...endpoint, tls: {skipVerify: false, ca: [ca], client: undefined}})),
		};
		const client = openClient({hosts: trusting});
		const images = createImages({containerd: bench.containerd, openRegistry: async () => client});
		const namespace = `expired-${process.pid}`;
		const failure = await failureOf(images.pull(request(namespace, `${expired.host}/lab/app:1`)));
		expect(sentence(failure)).toMatch(/^Could not pull [^ ]+: [^ ]+ can not be used: its certificate has expired — renew the certificate/);
		expect(await leftovers(bench.containerd, namespace)).toEqual(nothing);
		await client.close();
		await expired.stop();
	});
});

/** 1.7 goes to https only and trusts what the machine trusts; so both go there, with an account. */
for (const version of ['1.7', '2.1'] as const)
	describe.skipIf(whyNot(version) !== undefined)(titled(`pulled by the daemon over https with an account, on containerd ${version}`, whyNot(version)), () => {
		let bench: ImagesBench;
		let lab: LabContainerd | undefined;
		let containerd: Containerd;
		let folder: string;
		const stops: Array<() => Promise<void>> = [];
		let host = '';
		const image = busyboxImage('docker.io/lab/app:1', {extraLayers: [{createdBy: 'COPY noise /', entries: [{kind: 'file', path: 'noise', content: randomBytes(4_000_000)}]}]});

		beforeAll(async () => {
			bench = await openImagesBench(version);
			folder = await mkdtemp(join(tmpdir(), 'gantry-https-'));
			const certificates = await makeCertificates(folder);
			process.env['SSL_CERT_FILE'] = certificates.ca;
			try {
				lab = await startContainerd({version});
			} finally {
				delete process.env['SSL_CERT_FILE'];
			}
			containerd = createContainerd({address: lab.address});
			const registry = await startDockerRegistry({tls: certificates.server, hasAccounts: true});
			stops.push(registry.stop);
			host = registry.host;
			await bench.publish(image, 'lab/app:1');
			await bench.skopeo('copy', '-q', '--src-tls-verify=false', '--dest-tls-verify=false', '--dest-creds', `${account.username}:${account.password}`, `docker://${bench.registry.host}/lab/app:1`, `docker://${host}/lab/app:1`);
		});

		afterAll(async () => {
			containerd?.close();
			await lab?.stop();
			for (const stop of stops) await stop();
			await rm(folder, {recursive: true, force: true});
			await bench?.stop();
		});

		/** Our own client trusts nobody here: what comes is what the daemon fetched. */
		const imagesWith = (password: string) =>
			createImages({
				containerd,
				openRegistry: async () => openClient(),
				reach: async () => ({credentials: async () => ({username: account.username, password})}),
			});

		test('it is fetched, unpacked and named by the daemon alone', async () => {
			const namespace = `https-${process.pid}`;
			const pulled = await imagesWith(account.password).pull(request(namespace, `${host}/lab/app:1`));
			expect(pulled.target.digest).toBe(image.manifest.digest);
			const {snapshots, ...rest} = await leftovers(containerd, namespace);
			expect(rest).toEqual({leases: [], ingests: []});
			expect(snapshots.sort()).toEqual(image.layers.map(({chainId}) => chainId).sort());
			await containerd.images.remove(namespace, pulled.name, {sync: true});
			expect(await contentOf(containerd, namespace)).toEqual([]);
		});

		test('a wrong password is refused and leaves nothing', async () => {
			const namespace = `wrong-${process.pid}`;
			const failure = await failureOf(imagesWith('wrong').pull(request(namespace, `${host}/lab/app:1`)));
			expect(sentence(failure)).toMatch(/^Could not pull /);
			expect(await leftovers(containerd, namespace)).toEqual(nothing);
			expect(await contentOf(containerd, namespace)).toEqual([]);
		});

		test('cancelled at its first bytes it leaves nothing half-made', async () => {
			const namespace = `cut-${process.pid}`;
			const controller = new AbortController();
			const failure = await failureOf(
				imagesWith(account.password).pull(request(namespace, `${host}/lab/app:1`), {
					signal: controller.signal,
					onProgress: ({items}) => {
						if (items.some(({label}) => label.startsWith('layer'))) controller.abort();
					},
				}),
			);
			expect(isAbort(failure), String(failure)).toBe(true);
			expect(await leftovers(containerd, namespace)).toEqual(nothing);
			expect(await containerd.images.list(namespace)).toEqual([]);
		});
	});
