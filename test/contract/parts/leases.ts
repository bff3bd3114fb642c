import {expect, it} from 'vitest';
import type {Bench} from '../subject.ts';

export const leasesPart = (bench: () => Bench): void => {
	it('creates, lists and removes', async () => {
		const {containerd: {leases}, namespace} = bench();
		const lease = await leases.create(namespace, {id: 'pull-1', labels: {'containerd.io/gc.expire': '2099-01-01T00:00:00Z'}});
		expect(lease).toMatchObject({id: 'pull-1', labels: {'containerd.io/gc.expire': '2099-01-01T00:00:00Z'}});
		await leases.create(namespace, {id: 'pull-2'});
		expect((await leases.list(namespace)).map(({id}) => id).sort()).toEqual(['pull-1', 'pull-2']);
		expect((await leases.list(namespace, {filters: ['id==pull-2']})).map(({id}) => id)).toEqual(['pull-2']);
		await expect(leases.create(namespace, {id: 'pull-1'})).rejects.toMatchObject({code: 'already-exists'});
		await leases.remove(namespace, 'pull-2', {sync: true});
		await expect(leases.remove(namespace, 'pull-2')).rejects.toMatchObject({code: 'not-found'});
	});

	it('holds resources', async () => {
		const {containerd: {leases}, namespace} = bench();
		const resource = {id: `sha256:${'1'.repeat(64)}`, type: 'content'};
		await leases.addResource(namespace, 'pull-1', resource);
		await expect(leases.resources(namespace, 'pull-1')).resolves.toEqual([resource]);
		await leases.removeResource(namespace, 'pull-1', resource);
		await expect(leases.resources(namespace, 'pull-1')).resolves.toEqual([]);
		await expect(leases.addResource(namespace, 'absent', resource)).rejects.toMatchObject({code: 'not-found'});
		await leases.remove(namespace, 'pull-1');
	});
};
