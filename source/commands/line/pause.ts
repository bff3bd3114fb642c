import {eachContainer} from './each-container.ts';
import {defineLine} from './types.ts';

export const pause = defineLine({
	verbs: ['pause', 'container pause'],
	summary: 'Pause all processes within one or more containers',
	usage: 'CONTAINER [CONTAINER, ...]',
	arity: {least: 1},
	flags: {},
	run: context => eachContainer(context, container => context.services.containers.pause(container, {signal: context.signal})),
});
