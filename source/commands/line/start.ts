import {eachContainer} from './each-container.ts';
import {defineLine} from './types.ts';

const attached = 'containers are started in the background; follow them with logs -f, enter them with exec -it';
const checkpoints = 'checkpoints are not supported';

export const start = defineLine({
	verbs: ['start', 'container start'],
	summary: 'Start one or more stopped containers',
	usage: '[flags] CONTAINER [CONTAINER, ...]',
	arity: {least: 1},
	interspersed: false,
	flags: {},
	refused: {
		attach: attached,
		a: attached,
		interactive: attached,
		i: attached,
		'detach-keys': attached,
		checkpoint: checkpoints,
		'checkpoint-dir': checkpoints,
	},
	run: context => eachContainer(context, container => context.services.containers.start(container, {signal: context.signal})),
});
