import {defineLine} from './types.ts';

/** For a timer of the machine: nobody looks at it, so a check that fails is no failure of the verb. nerdctl answers 0 as well. */
export const healthcheck = defineLine({
	verbs: ['healthcheck', 'container healthcheck'],
	summary: 'Execute the health check command in a container',
	usage: 'CONTAINER',
	arity: {least: 1, most: 1},
	flags: {},
	async run({services, global, signal, args}) {
		const container = await services.containers.find(global.namespace, args[0] ?? '', {signal});
		await services.containers.probeHealth(container, {signal});
		return 0;
	},
});
