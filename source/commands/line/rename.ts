import {defineLine} from './types.ts';

export const rename = defineLine({
	verbs: ['rename', 'container rename'],
	summary: 'Rename a container',
	usage: 'CONTAINER NEW_NAME',
	arity: {least: 2, most: 2},
	flags: {},
	async run({services, global, signal, args}) {
		const [query = '', name = ''] = args;
		const container = await services.containers.find(global.namespace, query, {signal});
		await services.containers.rename(container, name, {signal});
		return 0;
	},
});
