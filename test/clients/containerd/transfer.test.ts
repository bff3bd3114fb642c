import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {busyboxImage} from '../../../scripts/lab/busybox.ts';
import {runContainer} from '../../../scripts/lab/container.ts';
import {type ContainerdVersion, type LabContainerd, startContainerd} from '../../../scripts/lab/containerd.ts';
import {containerdVersions} from '../../../scripts/lab/find-containerd.ts';
import {architecture, type LabImage, ociArchive} from '../../../scripts/lab/image.ts';
import {topChainId} from '../../../scripts/lab/import.ts';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import type {Containerd, TransferProgress, TransferRegistry} from '../../../source/clients/containerd/types.ts';
import {whyNotReal} from '../../contract/describe-real.ts';
import {collect} from '../../contract/subject.ts';
import {type FakeContainerd, startFakeContainerd} from '../../fakes/containerd.ts';
import {makeCertificates} from '../../helpers/registry/certificates.ts';
import {account, type DockerRegistry, hasDockerRegistry, startDockerRegistry} from '../../helpers/registry/docker-registry.ts';

const namespace = 'transfer';
const platform = {os: 'linux', architecture};
const unpack = {platform, snapshotter: 'overlayfs'};

const missing = (version: ContainerdVersion): string | undefined => whyNotReal(version) ?? (hasDockerRegistry() ? undefined : 'docker-registry is not installed');

describe('a daemon without transfer', () => {
	let fake: FakeContainerd;
	let containerd: Containerd;

	beforeAll(async () => {
		fake = await startFakeContainerd({version: '1.6.20'});
		containerd = createContainerd({address: fake.address});
	});

	afterAll(async () => {
		containerd.close();
		await fake.stop();
	});

	it.each([
		['with progress', {}, {onProgress: () => {}}, 'does not offer Streaming.Stream'],
		['without', {}, {}, 'does not offer Transfer.Transfer'],
		['by hosts.toml', {hostDir: '/hosts'}, {}, 'only over https'],
		['over http', {plainHttp: true}, {}, 'only over https'],
	])('says so: %s', async (_name, registry, options, words) => {
		const pulling = containerd.transfer.pull(namespace, 'registry.test/app:1', {registry}, options);
		await expect(pulling).rejects.toMatchObject({code: 'unsupported', message: expect.stringContaining(words)});
	});
});

for (const version of containerdVersions) {
	const reason = missing(version);
	const isNew = version === '2.1';
	describe.skipIf(reason !== undefined)(`transfer on containerd ${version}${reason === undefined ? '' : ` (did not run: ${reason})`}`, () => {
		let folder: string;
		let lab: LabContainerd | undefined;
		let containerd: Containerd;
		let plain: DockerRegistry | undefined;
		let secret: DockerRegistry | undefined;
		let image: LabImage;
		let hosts: string;

		beforeAll(async () => {
			folder = await mkdtemp(join(tmpdir(), 'gantry-transfer-'));
			const certificates = await makeCertificates(folder);
			// 1.7 has no other way to be told whom to trust.
			process.env['SSL_CERT_FILE'] = certificates.ca;
			try {
				lab = await startContainerd({version});
			} finally {
				delete process.env['SSL_CERT_FILE'];
			}

			[plain, secret] = await Promise.all([startDockerRegistry(), startDockerRegistry({tls: certificates.server, hasAccounts: true})]);
			containerd = createContainerd({address: lab.address});
			hosts = join(folder, 'hosts');
			await mkdir(join(hosts, secret.host), {recursive: true});
			await writeFile(
				join(hosts, secret.host, 'hosts.toml'),
				`server = "https://${secret.host}"\n[host."https://${secret.host}"]\n  capabilities = ["pull", "resolve", "push"]\n  ca = "${certificates.ca}"\n`,
			);
			image = busyboxImage(`${secret.host}/lab/app:1`);
			await writeFile(join(folder, 'image.tar'), ociArchive(image));
			const copy = ['copy', '--quiet', '--insecure-policy', '--dest-tls-verify=false', `oci-archive:${join(folder, 'image.tar')}`];
			await execa('skopeo', [...copy, `docker://${plain.host}/lab/app:1`]);
			await execa('skopeo', [...copy, '--dest-creds', `${account.username}:${account.password}`, `docker://${secret.host}/lab/app:1`]);
		});

		afterAll(async () => {
			containerd?.close();
			await Promise.all([lab?.stop(), plain?.stop(), secret?.stop()]);
			await rm(folder, {recursive: true, force: true});
		});

		if (version === '1.6') {
			it('is not there', async () => {
				await expect(containerd.transfer.pull(namespace, image.name, {})).rejects.toMatchObject({code: 'unsupported'});
				await expect(containerd.transfer.pull(namespace, image.name, {}, {onProgress: () => {}})).rejects.toMatchObject({code: 'unsupported'});
			});
			return;
		}

		const registry = (): TransferRegistry => ({credentials: async () => account, ...(isNew ? {hostDir: hosts} : {})});

		it('pulls with an account, tells how far it is, unpacks, and what it pulled runs', async () => {
			const told: TransferProgress[] = [];
			const asked: unknown[] = [];
			const credentials: TransferRegistry['credentials'] = async question => {
				asked.push(question);
				return account;
			};
			const how = {registry: {...registry(), credentials}, platforms: [platform], labels: {from: 'transfer'}, unpack};
			await containerd.transfer.pull(namespace, image.name, how, {onProgress: progress => told.push(progress)});
			expect(asked[0]).toMatchObject({host: secret!.host, reference: image.name});
			expect(await containerd.images.get(namespace, image.name)).toMatchObject({labels: {from: 'transfer'}, target: {digest: image.manifest.digest}});
			expect((await containerd.content.info(namespace, image.manifest.digest)).labels).toMatchObject({'containerd.io/gc.ref.content.config': image.config.digest});
			expect((await containerd.snapshots.stat(namespace, 'overlayfs', topChainId(image))).kind).toBe('committed');
			const layer = image.layers[0]!;
			const ofLayer = told.filter(({name}) => name === `layer-${layer.digest}`);
			expect(ofLayer.at(-1)).toMatchObject({doneBytes: layer.bytes.length, totalBytes: layer.bytes.length, parents: [`manifest-${image.manifest.digest}`]});
			expect(ofLayer.every(({descriptor}) => descriptor?.digest === (isNew ? layer.digest : undefined))).toBe(true);
			expect(told).toContainEqual(expect.objectContaining({event: 'saved', name: image.name}));
			expect(told.map(({event}) => event)).toContainEqual(expect.stringContaining('Completed pull'));
			const ran = await runContainer({lab: lab!, containerd}, {image, name: 'pulled', namespace, commandLine: ['/bin/sh', '-c', 'exit 7'], logs: 'null', isNerdctl: false});
			const ref = {namespace, id: ran.id};
			expect((await containerd.tasks.wait(ref)).exitStatus).toBe(7);
			await containerd.tasks.delete(ref);
			await containerd.containers.remove(ref);
		});

		it('pushes', async () => {
			const told: string[] = [];
			const target = `${secret!.host}/lab/pushed:1`;
			await containerd.transfer.push(namespace, target, {name: image.name, registry: registry()}, {onProgress: ({event}) => told.push(event)});
			const {stdout} = await execa('skopeo', ['inspect', '--raw', '--tls-verify=false', '--creds', `${account.username}:${account.password}`, `docker://${target}`]);
			expect(Buffer.from(stdout)).toEqual(image.manifest.bytes);
			expect(told).toContainEqual(expect.stringContaining('Completed push'));
		});

		it.each([
			['no account', async () => undefined],
			['a wrong one', async () => ({username: 'bob', password: 'wrong'})],
		])('is refused with %s', async (_name, credentials) => {
			const pulling = containerd.transfer.pull(namespace, `${secret!.host}/lab/app:2`, {registry: {...registry(), credentials}});
			await expect(pulling).rejects.toMatchObject({name: 'Failure', message: expect.stringMatching(/401|unauthorized|authorization failed/i)});
		});

		it('says what it does not find', async () => {
			await expect(containerd.transfer.pull(namespace, `${secret!.host}/lab/none:1`, {registry: registry()})).rejects.toMatchObject({code: 'not-found'});
		});

		it('ends with the failure of whoever was asked for the account', async () => {
			const credentials = async () => Promise.reject(new Error('the helper broke'));
			const pulling = containerd.transfer.pull(namespace, image.name, {registry: {...registry(), credentials}});
			await expect(pulling).rejects.toThrow('the helper broke');
		});

		it('is cancelled in the daemon too, whatever it waits for', async () => {
			const controller = new AbortController();
			const asked = Promise.withResolvers<void>();
			const credentials = async (): Promise<undefined> => {
				asked.resolve();
				return new Promise(() => {});
			};
			const pulling = containerd.transfer.pull('cancelled', image.name, {registry: {...registry(), credentials}, unpack}, {onProgress: () => {}, signal: controller.signal});
			const ends = expect(pulling).rejects.toMatchObject({name: 'AbortError'});
			await asked.promise;
			controller.abort();
			await ends;
			await expect.poll(async () => containerd.leases.list('cancelled')).toEqual([]);
			expect(await containerd.images.list('cancelled')).toEqual([]);
			expect(await collect(containerd.content.list('cancelled'))).toEqual([]);
		});

		it(isNew ? 'pulls over http from loopback, told or not' : 'does not speak http', async () => {
			const pull = async (to: string, told: TransferRegistry) => containerd.transfer.pull(to, `${plain!.host}/lab/app:1`, {registry: told, platforms: [platform], unpack});
			if (!isNew) {
				await expect(pull('http', {plainHttp: true})).rejects.toMatchObject({code: 'unsupported'});
				await expect(pull('http', {})).rejects.toMatchObject({name: 'Failure', message: expect.stringContaining('HTTP')});
				return;
			}

			await pull('http-told', {plainHttp: true});
			await pull('http-untold', {});
			for (const to of ['http-told', 'http-untold']) expect((await containerd.snapshots.stat(to, 'overlayfs', topChainId(image))).kind).toBe('committed');
		});
	});
}
