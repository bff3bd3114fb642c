import {print} from './output.ts';
import {defineLine} from './types.ts';

const letters = {added: 'A', changed: 'C', deleted: 'D'} as const;

export const diff = defineLine({
	verbs: ['diff', 'container diff'],
	summary: "Inspect changes to files or directories on a container's filesystem",
	usage: 'CONTAINER',
	arity: {least: 1, most: 1},
	flags: {},
	async run(context) {
		const {services, global, signal, args} = context;
		const container = await services.containers.find(global.namespace, args[0] ?? '', {signal});
		await services.files.changes(container, ({kind, path}) => print(context, `${letters[kind]} ${path}\n`), {signal});
		return 0;
	},
});
