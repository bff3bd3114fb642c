import {eachContainer} from './each-container.ts';
import {signalFlag} from './signal-flag.ts';
import {defineLine} from './types.ts';

export const kill = defineLine({
	verbs: ['kill', 'container kill'],
	summary: 'Send a signal to one or more running containers',
	usage: '[flags] CONTAINER [CONTAINER, ...]',
	arity: {least: 1},
	flags: {signal: {type: 'string', shortFlag: 's', default: 'KILL', placeholder: 'SIGNAL', help: 'Signal to send to the container'}},
	run(context) {
		const number = signalFlag(context.flags.signal) ?? 9;
		return eachContainer(
			context,
			container => context.services.containers.kill(container, number, {signal: context.signal}),
			(_, {id}) => id,
		);
	},
});
