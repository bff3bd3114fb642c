import {forEachArgument} from './failures.ts';
import {print} from './output.ts';
import {defineLine} from './types.ts';

export const wait = defineLine({
	verbs: ['wait', 'container wait'],
	summary: 'Block until one or more containers stop, then print their exit codes',
	usage: 'CONTAINER [CONTAINER, ...]',
	arity: {least: 1},
	flags: {},
	async run(context) {
		const {services, global, signal, args} = context;
		// A misspelled name is told before the wait for the others begins.
		const found = new Map(
			await Promise.all(
				args.map(async argument => [argument, await services.containers.find(global.namespace, argument, {signal})] as const),
			),
		);
		return forEachArgument(args, context, async argument => {
			const container = found.get(argument);
			if (container === undefined) return;
			const {exitStatus} = await services.containers.wait(container, {signal});
			await print(context, `${exitStatus}\n`);
		});
	},
});
