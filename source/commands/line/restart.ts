import {eachContainer} from './each-container.ts';
import {stopFlags, stopOptions} from './stop.ts';
import {defineLine} from './types.ts';

export const restart = defineLine({
	verbs: ['restart', 'container restart'],
	summary: 'Restart one or more containers',
	usage: '[flags] CONTAINER [CONTAINER, ...]',
	arity: {least: 1},
	flags: stopFlags,
	run(context) {
		const options = stopOptions(context.flags, context.signal);
		return eachContainer(context, container => context.services.containers.restart(container, options));
	},
});
