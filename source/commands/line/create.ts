import {detachKeysFlag} from './detach-keys.ts';
import {print} from './output.ts';
import {withProgress} from './progress-view.ts';
import {createFlags, createRequestOf, refusedCreateFlags, unpublished} from './run-flags/index.ts';
import {defineLine} from './types.ts';

export const create = defineLine({
	verbs: ['create', 'container create'],
	summary: 'Create a new container, to be started later',
	usage: '[flags] IMAGE [COMMAND] [ARG...]',
	arity: {least: 1},
	interspersed: false,
	flags: {
		...createFlags,
		detachKeys: {...detachKeysFlag, help: 'Nothing is attached here: say it to start -a'},
		sigProxy: {type: 'boolean', default: true, help: 'Nothing is attached here: say it to start -a'},
	},
	refused: refusedCreateFlags,
	async run(context) {
		const {services, global, flags, args, env, stderr} = context;
		const request = await createRequestOf(flags, args, {...global, env});
		const warning = unpublished(request.network);
		if (warning !== undefined) stderr.write(`${warning}\n`);
		const {id} = await withProgress(request.image, context, {isQuiet: flags.quiet, to: stderr}, call => services.containers.create(request, call));
		await print(context, `${id}\n`);
		return 0;
	},
});
