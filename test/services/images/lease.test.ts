import {expect, test} from 'vitest';
import {Failure} from '../../../source/errors.ts';
import {findDead, removeDead, withLease} from '../../../source/services/images/ingest/lease.ts';

type Kept = {readonly id: string; readonly labels: Readonly<Record<string, string>>; readonly createdAt: number};

/** Leases in memory. */
const createLeases = () => {
	const kept = new Map<string, Kept>();
	const leases = {
		create: async (_: string, {id, labels = {}}: {readonly id?: string; readonly labels?: Readonly<Record<string, string>>}) => {
			const made = {id: id ?? '', labels, createdAt: 0};
			kept.set(made.id, made);
			return made;
		},
		list: async () => [...kept.values()],
		remove: async (_: string, id: string) => {
			if (!kept.delete(id)) throw new Failure('not-found', `there is no lease ${id}`);
		},
	};
	return {kept, containerd: {leases}};
};

test('of the leases of others only those go whose makers are dead, and one that has gone by itself is no failure', async () => {
	const {kept, containerd} = createLeases();
	await withLease({containerd}, 'a', async ours => {
		const {labels} = kept.get(ours) as Kept;
		const owner = labels['gantry/owner'] as string;
		const dead = {'gantry/owner': `${owner.slice(0, owner.lastIndexOf(' '))} 1`};
		await containerd.leases.create('a', {id: 'gantry-killed', labels: dead});
		await containerd.leases.create('a', {id: 'gantry-lost', labels: dead});
		await containerd.leases.create('a', {id: 'theirs', labels: dead});
		const found = findDead({containerd}, 'a', {});
		expect(await found).toEqual(['gantry-killed', 'gantry-lost']);
		kept.delete('gantry-killed');
		expect(await removeDead({containerd}, 'a', {}, found)).toBe(2);
		expect([...kept.keys()]).toEqual([ours, 'theirs']);
	});
	expect([...kept.keys()]).toEqual(['theirs']);
});
