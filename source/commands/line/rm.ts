import {isFailure} from '../../errors.ts';
import {forEachArgument, plainSentence} from './failures.ts';
import {print} from './output.ts';
import {defineLine} from './types.ts';

export const rm = defineLine({
	verbs: ['rm', 'remove', 'container rm', 'container remove'],
	summary: 'Remove one or more containers',
	usage: '[flags] CONTAINER [CONTAINER, ...]',
	arity: {least: 1},
	flags: {
		force: {type: 'boolean', shortFlag: 'f', help: 'Force the removal of a running, paused or unknown container (uses SIGKILL)'},
		volumes: {type: 'boolean', shortFlag: 'v', help: 'Remove anonymous volumes of the container too'},
	},
	run: context =>
		forEachArgument(context.args, context, async argument => {
			const {services, global, signal, flags, stderr} = context;
			try {
				const container = await services.containers.find(global.namespace, argument, {signal});
				await services.containers.remove(container, {signal, force: flags.force, volumes: flags.volumes});
			} catch (error) {
				// Forced, "it is not there" is what was wanted: told, but no failure, as in nerdctl and docker.
				if (!flags.force || !isFailure(error, 'not-found')) throw error;
				stderr.write(`${plainSentence(error)}\n`);
				return;
			}
			await print(context, `${argument}\n`);
		}),
});
