import {PassThrough} from 'node:stream';
import {describe, expect, test} from 'vitest';
import type {Worker} from '../../../source/model/build.ts';
import {planDelivery} from '../../../source/services/builds/deliver.ts';
import type {BuildRequest} from '../../../source/services/builds/types.ts';

const label = 'org.mobyproject.buildkit.worker';

const request: BuildRequest = {
	...{address: 'docker:///run/docker.sock', namespace: 'default', snapshotter: 'overlayfs', context: '.', dockerfile: undefined, workingFolder: '/'},
	flags: {
		...{target: undefined, platforms: [], buildArgs: [], labels: [], noCache: false, pull: undefined, addHosts: [], network: 'default'},
		...{buildContexts: [], allow: [], attest: [], provenance: undefined, sbom: undefined},
	},
	...{tags: ['docker.io/library/x:1'], output: undefined, secrets: [], agents: [], cacheFrom: [], cacheTo: [], env: {}, stdout: new PassThrough()},
};

const plan = async (labels: Readonly<Record<string, string>>, more: Partial<BuildRequest> = {}) => {
	const worker: Worker = {id: 'w', labels, platforms: [], gcPolicy: [], version: ''};
	const images = {load: async () => []};
	return planDelivery({buildkit: {workers: async () => [worker]}, images, containerdId: async () => 'ours'}, {...request, ...more}, undefined);
};

describe('the way of a result', () => {
	test('a dockerd with a store of its own says so before it builds', async () => {
		const refused = {code: 'unsupported', message: expect.stringContaining('hands over no images'), hint: expect.stringContaining('--output type=tar')};
		await expect(plan({})).rejects.toMatchObject(refused);
		await expect(plan({}, {output: {kind: 'load', format: 'oci', attrs: {}}})).rejects.toMatchObject(refused);
		expect((await plan({}, {output: {kind: 'archive', type: 'tar', to: 'x', attrs: {}}})).exporter?.type).toBe('tar');
	});

	test('through an archive from whoever does not share our containerd, and not at all from who does', async () => {
		expect((await plan({}, {address: 'unix:///run/buildkitd.sock'})).exporter?.type).toBe('docker');
		const shared = {[`${label}.executor`]: 'containerd', [`${label}.containerd.namespace`]: 'default', [`${label}.snapshotter`]: 'overlayfs'};
		expect((await plan({...shared, [`${label}.containerd.uuid`]: 'another'})).exporter?.type).toBe('docker');
		expect((await plan({...shared, [`${label}.containerd.uuid`]: 'ours'})).exporter).toEqual({type: 'image', attrs: {unpack: 'true', name: 'docker.io/library/x:1'}});
	});
});
