import {onTestFinished} from 'vitest';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import type {ContainerRef, TaskStatus} from '../../source/model/container.ts';
import type {FakeContainerd} from '../fakes/containerd.ts';
import type {ContainerSeed} from '../fakes/containerd/seed.ts';

/** A container with a name and a writable layer, as nerdctl makes one. */
export const addApp = (daemon: FakeContainerd, name: string, seed: Partial<ContainerSeed> = {}): ContainerRef => {
	const namespace = seed.namespace ?? 'default';
	daemon.addSnapshot({key: name, namespace, kind: 'active'});
	return daemon.addContainer({...seed, id: seed.id ?? name, namespace, snapshotKey: name, labels: {'nerdctl/name': name, ...seed.labels}});
};

/** Three services of a compose project. */
export const addProject = (daemon: FakeContainerd, project: string, services: Readonly<Record<string, TaskStatus>>): void => {
	for (const [service, status] of Object.entries(services))
		addApp(daemon, `${project}-${service}-1`, {
			status,
			labels: {
				'com.docker.compose.project': project,
				'com.docker.compose.service': service,
				'com.docker.compose.project.config_files': `/srv/${project}/compose.yaml`,
			},
		});
};

/** A second pair of eyes: what the daemon itself says, by a connection that the dashboard knows nothing of. */
export const ask = (daemon: FakeContainerd): Containerd => {
	const containerd = createContainerd({address: daemon.address});
	onTestFinished(() => containerd.close());
	return containerd;
};

export const statusAt = async (containerd: Containerd, ref: ContainerRef): Promise<TaskStatus | 'none'> => (await containerd.tasks.find(ref))?.status ?? 'none';

export const idsAt = async (containerd: Containerd, namespace = 'default'): Promise<readonly string[]> => {
	const ids: string[] = [];
	for await (const batch of containerd.containers.list(namespace)) ids.push(...batch.map(({id}) => id));
	return ids.sort();
};

export const callsOf = (daemon: FakeContainerd, method: string): number => daemon.calls.filter((call) => call.method === method).length;

/** An image with everything it refers to, of one layer per history line. Answers the manifest's digest. */
export const addWholeImage = (daemon: FakeContainerd, name: string, history: readonly string[], namespace = 'default'): string => {
	const put = (mediaType: string, content: object | string) => {
		const text = typeof content === 'string' ? content : JSON.stringify(content);
		return {mediaType: `application/vnd.oci.image.${mediaType}`, digest: daemon.addBlob(text, {namespace}), size: Buffer.byteLength(text)};
	};
	const layers = history.map((line) => put('layer.v1.tar+gzip', `bytes of ${name} ${line}`));
	const config = put('config.v1+json', {
		os: 'linux',
		architecture: 'amd64',
		config: {Cmd: ['/run'], Env: ['A=1']},
		rootfs: {type: 'layers', diff_ids: layers.map(({digest}) => digest)},
		history: history.map((line) => ({created_by: line, created: '2026-01-01T00:00:00Z'})),
	});
	const manifest = put('manifest.v1+json', {schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers});
	daemon.addImage({name, namespace, digest: manifest.digest, sizeBytes: manifest.size});
	return manifest.digest;
};
