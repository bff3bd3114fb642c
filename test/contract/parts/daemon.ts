import {expect, it} from 'vitest';
import type {Bench} from '../subject.ts';

export const daemonPart = (bench: () => Bench): void => {
	it('says which version it is', async () => {
		const {version} = await bench().containerd.version();
		expect(version).toMatch(/^\d+\.\d+/);
	});

	it('has an identity and is healthy', async () => {
		const {containerd} = bench();
		const {uuid} = await containerd.server();
		expect(uuid).toMatch(/^[\da-f-]{36}$/);
		await expect(containerd.server()).resolves.toMatchObject({uuid});
		await expect(containerd.healthy()).resolves.toBe(true);
	});

	it('lists snapshotters with their health and exports', async () => {
		const plugins = await bench().containerd.plugins({filters: ['type==io.containerd.snapshotter.v1']});
		expect(new Set(plugins.map(({type}) => type))).toEqual(new Set(['io.containerd.snapshotter.v1']));
		const overlayfs = plugins.find(({id}) => id === 'overlayfs');
		expect(overlayfs?.initError).toBeUndefined();
		expect(overlayfs?.exports['root']).toContain('overlayfs');
		expect(overlayfs?.platforms).toContainEqual(expect.stringMatching(/^linux\//));
		const absent = plugins.filter(({initError}) => initError !== undefined);
		expect(absent.length).toBeGreaterThan(0);
		for (const {initError} of absent) expect(initError?.message).not.toBe('');
	});
};
