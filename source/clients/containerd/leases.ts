import {type Lease as WireLease, LeasesService} from '../../protocol/generated/leases.ts';
import {type Caller, slowMs, unary} from './call.ts';
import {epochMs} from './time.ts';
import type {Lease, Leases} from './types.ts';

const toLease = (wire: WireLease | undefined): Lease => ({id: wire?.id ?? '', createdAt: epochMs(wire?.createdAt), labels: wire?.labels ?? {}});

export const createLeases = (caller: Caller): Leases => ({
	async list(namespace, options) {
		const {leases} = await unary(caller(namespace, options), LeasesService.list, {filters: [...(options?.filters ?? [])]});
		return leases.map(lease => toLease(lease));
	},

	async create(namespace, {id, labels}, options) {
		const {lease} = await unary(caller(namespace, options), LeasesService.create, {id, labels: {...labels}});
		return toLease(lease);
	},

	async remove(namespace, id, options) {
		await unary(caller(namespace, options, slowMs), LeasesService.delete, {id, sync: options?.sync ?? false});
	},

	async resources(namespace, id, options) {
		const {resources} = await unary(caller(namespace, options), LeasesService.listResources, {id});
		return resources;
	},

	async addResource(namespace, id, resource, options) {
		await unary(caller(namespace, options), LeasesService.addResource, {id, resource});
	},

	async removeResource(namespace, id, resource, options) {
		await unary(caller(namespace, options), LeasesService.deleteResource, {id, resource});
	},
});
