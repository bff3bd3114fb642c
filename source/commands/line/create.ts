import {print} from './output.ts';
import {withProgress} from './progress-view.ts';
import {createFlags, createRequestOf, refusedCreateFlags} from './run-flags/index.ts';
import {defineLine} from './types.ts';

export const create = defineLine({
	verbs: ['create', 'container create'],
	summary: 'Create a new container, to be started later',
	usage: '[flags] IMAGE [COMMAND] [ARG...]',
	arity: {least: 1},
	interspersed: false,
	flags: createFlags,
	refused: refusedCreateFlags,
	async run(context) {
		const {services, global, flags, args, env, stderr} = context;
		const request = await createRequestOf(flags, args, {...global, env});
		const {id} = await withProgress(request.image, context, {isQuiet: flags.quiet, to: stderr}, call => services.containers.create(request, call));
		await print(context, `${id}\n`);
		return 0;
	},
});
