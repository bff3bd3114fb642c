import {expect, it} from 'vitest';
import type {ContainerRecord} from '../../../source/model/container.ts';
import {collect, type Bench} from '../subject.ts';

const json = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const specType = 'types.containerd.io/opencontainers/runtime-spec/1/Spec';

export const record = (namespace: string, id: string, more: Partial<ContainerRecord> = {}): ContainerRecord => ({
	...{namespace, id, image: 'registry.test/app:1', labels: {role: 'test'}, runtime: 'io.containerd.runc.v2'},
	...{snapshotter: 'overlayfs', snapshotKey: id, sandboxId: '', createdAt: 0, updatedAt: 0, task: undefined},
	spec: {typeUrl: specType, value: json({ociVersion: '1.0.2'})},
	runtimeOptions: undefined,
	extensions: {},
	...more,
});

export const containersPart = (bench: () => Bench): void => {
	it('keeps a record whole', async () => {
		const {containerd: {containers}, namespace} = bench();
		const extensions = {'test.extension': {typeUrl: specType, value: json({note: 'ü'})}};
		const runtimeOptions = {typeUrl: 'containerd.runc.v1.Options', value: Uint8Array.of(0x48, 1)};
		const made = await containers.create(record(namespace, 'whole', {extensions, runtimeOptions}));
		expect(made).toMatchObject({id: 'whole', namespace, labels: {role: 'test'}, extensions, runtimeOptions});
		expect(made.createdAt).toBeGreaterThan(Date.now() - 60_000);
		await expect(containers.get({namespace, id: 'whole'})).resolves.toEqual(made);
	});

	it('lists without the heavy parts', async () => {
		const {containerd: {containers}, namespace} = bench();
		const [listed] = await collect(containers.list(namespace, {filters: ['id==whole']}));
		expect(listed).toMatchObject({id: 'whole', namespace, snapshotKey: 'whole', image: 'registry.test/app:1', runtime: 'io.containerd.runc.v2', task: undefined});
		expect(listed).not.toHaveProperty('spec');
	});

	it('lists an empty namespace', async () => {
		const {containerd: {containers}, namespace} = bench();
		await expect(collect(containers.list(`${namespace}-nothing`))).resolves.toEqual([]);
	});

	it('lists by filter', async () => {
		const {containerd: {containers}, namespace} = bench();
		await containers.create(record(namespace, 'other', {labels: {'a.b/c': 'x'}}));
		const found = await collect(containers.list(namespace, {filters: ['labels."a.b/c"==x']}));
		expect(found.map(({id}) => id)).toEqual(['other']);
	});

	it('sets and clears single labels and leaves the others', async () => {
		const {containerd: {containers}, namespace} = bench();
		const ref = {namespace, id: 'other'};
		await containers.setLabels(ref, {'containerd.io/restart.explicitly-stopped': 'true', new: 'y'});
		expect((await containers.get(ref)).labels).toEqual({'a.b/c': 'x', 'containerd.io/restart.explicitly-stopped': 'true', new: 'y'});
		await containers.setLabels(ref, {new: undefined, 'a.b/c': 'z'});
		expect((await containers.get(ref)).labels).toEqual({'a.b/c': 'z', 'containerd.io/restart.explicitly-stopped': 'true'});
	});

	it('updates only the named fields', async () => {
		const {containerd: {containers}, namespace} = bench();
		const spec = {typeUrl: specType, value: json({ociVersion: '1.1.0'})};
		const updated = await containers.update(record(namespace, 'whole', {spec, labels: {}}), ['spec']);
		expect(updated.labels).toEqual({role: 'test'});
		expect(updated.spec).toEqual(spec);
	});

	it('carries a spec that is longer than gRPC’s usual limit, and lists past it', async () => {
		const {containerd: {containers}, namespace} = bench();
		const spec = {typeUrl: specType, value: json({padding: 'x'.repeat(5 * 1024 * 1024)})};
		const made = await containers.create(record(namespace, 'huge', {spec}));
		expect(made.spec?.value.byteLength).toBe(spec.value.byteLength);
		expect((await collect(containers.list(namespace))).map(({id}) => id).sort()).toEqual(['huge', 'other', 'whole']);
	});

	it('reads a container without a spec', async () => {
		const {containerd: {containers}, namespace} = bench();
		// 1.6 does not let anybody make one, later versions do.
		const made: unknown = await containers.create(record(namespace, 'bare', {spec: undefined})).catch((error: unknown) => error);
		if (made instanceof Error) {
			expect(made).toMatchObject({code: 'invalid', message: expect.stringMatching(/spec/i)});
			return;
		}

		expect((await containers.get({namespace, id: 'bare'})).spec).toBeUndefined();
		await containers.remove({namespace, id: 'bare'});
	});

	it('says what is wrong', async () => {
		const {containerd: {containers}, namespace} = bench();
		await expect(containers.create(record(namespace, 'whole'))).rejects.toMatchObject({code: 'already-exists'});
		await expect(containers.create(record(namespace, 'no/slash'))).rejects.toMatchObject({code: 'invalid'});
		await expect(containers.setLabels({namespace, id: 'absent'}, {a: 'b'})).rejects.toMatchObject({code: 'not-found'});
		const error: unknown = await containers.get({namespace, id: 'absent'}).catch((reason: unknown) => reason);
		expect(error).toMatchObject({name: 'Failure', code: 'not-found', message: expect.stringMatching(/^container "absent"/)});
	});

	it('removes', async () => {
		const {containerd: {containers}, namespace} = bench();
		for (const id of ['whole', 'other', 'huge']) await containers.remove({namespace, id});
		await expect(containers.remove({namespace, id: 'whole'})).rejects.toMatchObject({code: 'not-found'});
		await expect(collect(containers.list(namespace))).resolves.toEqual([]);
	});
};
