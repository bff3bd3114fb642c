import {Failure} from '../../errors.ts';
import {processOf} from '../../model/docker-spec.ts';
import {eachContainer} from './each-container.ts';
import {watchContainer} from './foreground.ts';
import {detachKeysFlag, parseDetachKeys} from './detach-keys.ts';
import {defineLine} from './types.ts';

const checkpoints = 'checkpoints are not supported';

export const start = defineLine({
	verbs: ['start', 'container start'],
	summary: 'Start one or more stopped containers',
	usage: '[flags] CONTAINER [CONTAINER, ...]',
	arity: {least: 1},
	interspersed: false,
	flags: {
		attach: {type: 'boolean', shortFlag: 'a', help: 'Show its output until it ends, and forward signals'},
		interactive: {type: 'boolean', shortFlag: 'i', help: 'Pass our input to it'},
		detachKeys: detachKeysFlag,
	},
	refused: {checkpoint: checkpoints, 'checkpoint-dir': checkpoints},
	async run(context) {
		const {services, global, signal, flags, args} = context;
		if (!flags.attach && !flags.interactive) return eachContainer(context, container => services.containers.start(container, {signal}));
		if (args.length > 1) throw new Failure('invalid', 'you cannot start and attach multiple containers at once');
		const detachKeys = parseDetachKeys(flags.detachKeys);
		const container = await services.containers.find(global.namespace, args[0] ?? '', {signal});
		const {spec} = await services.containers.inspect(container, {signal});
		const attached = await services.containers.startAttached(container, {signal, interactive: flags.interactive});
		const watched = await watchContainer(attached, context, {terminal: processOf(spec)['terminal'] === true, detachKeys, sigProxy: true});
		return watched === 'detached' ? 0 : watched.exitStatus;
	},
});
