import {eachContainer} from './each-container.ts';
import {defineLine} from './types.ts';

export const unpause = defineLine({
	verbs: ['unpause', 'container unpause'],
	summary: 'Unpause all processes within one or more containers',
	usage: 'CONTAINER [CONTAINER, ...]',
	arity: {least: 1},
	flags: {},
	run: context => eachContainer(context, container => context.services.containers.unpause(container, {signal: context.signal})),
});
