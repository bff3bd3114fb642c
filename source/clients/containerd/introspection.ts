import {Failure, isAbort, isFailure} from '../../errors.ts';
import type {Plugin} from '../../model/snapshot.ts';
import {HealthCheckResponse_ServingStatus, HealthService} from '../../protocol/generated/health.ts';
import {IntrospectionService, type Plugin as WirePlugin} from '../../protocol/generated/introspection.ts';
import {VersionService} from '../../protocol/generated/version.ts';
import {type Caller, unary} from './call.ts';
import type {Containerd} from './types.ts';

const toPlugin = (wire: WirePlugin): Plugin => ({
	type: wire.type,
	id: wire.id,
	exports: wire.exports,
	capabilities: wire.capabilities,
	platforms: wire.platforms.map(({os, architecture, variant}) => [os, architecture, variant].filter(part => part !== '').join('/')),
	initError: wire.initErr === undefined ? undefined : {code: wire.initErr.code, message: wire.initErr.message},
});

export const createIntrospection = (caller: Caller): Pick<Containerd, 'version' | 'server' | 'healthy' | 'plugins'> => ({
	async version(options) {
		const call = caller(undefined, options);
		try {
			return await unary(call, VersionService.version, {});
		} catch (error) {
			if (!isFailure(error, 'unsupported')) throw error;
			throw new Failure('unavailable', `What listens at ${call.connection.path} is not containerd`, {cause: error, hint: 'name containerd’s socket with --address'});
		}
	},

	async server(options) {
		const {uuid, pid} = await unary(caller(undefined, options), IntrospectionService.server, {});
		return {uuid, pid};
	},

	async healthy(options) {
		try {
			const {status} = await unary(caller(undefined, options), HealthService.check, {service: ''});
			return status === HealthCheckResponse_ServingStatus.SERVING;
		} catch (error) {
			if (isAbort(error)) throw error;
			return false;
		}
	},

	async plugins(options) {
		const {plugins} = await unary(caller(undefined, options), IntrospectionService.plugins, {filters: [...(options?.filters ?? [])]});
		return plugins.map(plugin => toPlugin(plugin));
	},
});
