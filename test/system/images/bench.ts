import {execa} from 'execa';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {spawnSync} from 'node:child_process';
import {type LabContainerd, startContainerd} from '../../../scripts/lab/containerd.ts';
import type {ContainerdVersion} from '../../../scripts/lab/find-containerd.ts';
import {type LabImage, ociArchive} from '../../../scripts/lab/image.ts';
import {whyNoContainers} from '../../../scripts/lab/possible.ts';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import type {Containerd} from '../../../source/clients/containerd/types.ts';
import {createRegistry, openHosts, type RegistryClient} from '../../../source/clients/registry/index.ts';
import type {Platform} from '../../../source/model/image.ts';
import {machinePlatform} from '../../../source/model/platform.ts';
import {createImages, type ImagesService} from '../../../source/services/images/index.ts';
import {type DockerRegistry, hasDockerRegistry, startDockerRegistry} from '../../helpers/registry/docker-registry.ts';
import {type Proxy, startProxy} from '../../helpers/registry/proxy.ts';

export const here: Platform = machinePlatform(process.arch);
export const snapshotter = 'overlayfs';

const hasProgram = (name: string): boolean => spawnSync(name, ['--version'], {stdio: 'ignore'}).error === undefined;

export const whyNot = (version: ContainerdVersion): string | undefined =>
	whyNoContainers(version) ??
	(hasDockerRegistry() ? undefined : 'no docker-registry here') ??
	(hasProgram('skopeo') ? undefined : 'no skopeo here');

export type ImagesBench = {
	readonly lab: LabContainerd;
	readonly containerd: Containerd;
	readonly registry: DockerRegistry;
	/** Between our client and the registry. */
	readonly proxy: Proxy;
	readonly client: RegistryClient;
	readonly images: ImagesService;
	/** The same, where containerd may pull by itself. */
	readonly byDaemon: ImagesService;
	readonly dir: string;
	/** Straight into the registry, by an independent writer. */
	publish(image: LabImage, name: string, ...flags: readonly string[]): Promise<void>;
	skopeo(...args: readonly string[]): Promise<Buffer>;
	stop(): Promise<void>;
};

/** A daemon, a registry with a proxy before it, and the service between them. */
export const openImagesBench = async (version: ContainerdVersion): Promise<ImagesBench> => {
	const dir = await mkdtemp(join(tmpdir(), 'gantry-images-'));
	const [lab, registry] = await Promise.all([startContainerd({version}), startDockerRegistry()]);
	const proxy = await startProxy(registry.host);
	const containerd = createContainerd({address: lab.address});
	const client = createRegistry({
		credentials: {find: async () => undefined},
		hosts: openHosts({dirs: [], insecureRegistry: false}),
		version: 'test',
		retry: {sleep: async () => undefined, random: () => 0.5},
	});
	const skopeo = async (...args: readonly string[]): Promise<Buffer> => {
		const {stdout} = await execa('skopeo', args, {encoding: 'buffer'});
		return Buffer.from(stdout);
	};
	return {
		...{lab, containerd, registry, proxy, client, dir, skopeo},
		images: createImages({containerd, openRegistry: async () => client, dataRoot: lab.dataRoot}),
		byDaemon: createImages({containerd, openRegistry: async () => client, reach: async () => ({plainHttp: true})}),
		async publish(image, name, ...flags) {
			const archive = join(dir, 'publish.tar');
			await writeFile(archive, ociArchive(image));
			await skopeo('copy', '-q', '--dest-tls-verify=false', ...flags, `oci-archive:${archive}`, `docker://${registry.host}/${name}`);
		},
		async stop() {
			containerd.close();
			await client.close();
			await proxy.stop();
			await registry.stop();
			await lab.stop();
			await rm(dir, {recursive: true, force: true});
		},
	};
};

/** What a namespace holds of what must not stay. */
export const leftovers = async (containerd: Containerd, namespace: string) => {
	const snapshots: string[] = [];
	for await (const batch of containerd.snapshots.list(namespace, snapshotter)) snapshots.push(...batch.map(({key}) => key));
	return {
		leases: (await containerd.leases.list(namespace)).map(({id}) => id),
		ingests: (await containerd.content.statuses(namespace)).map(({ref}) => ref),
		snapshots,
	};
};

export const nothing = {leases: [], ingests: [], snapshots: []};

export const contentOf = async (containerd: Containerd, namespace: string): Promise<readonly string[]> => {
	const digests: string[] = [];
	for await (const batch of containerd.content.list(namespace)) digests.push(...batch.map(({digest}) => digest));
	return digests.sort();
};
