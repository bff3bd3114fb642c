import {isAbort} from '../../../errors.ts';
import {select} from '../../../model/compose/select.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {projectOf} from './project.ts';
import {composeOf, teller} from './service.ts';
import {watchOf} from './watching.ts';

export const composeWatch = defineLine({
	verbs: ['compose watch'],
	summary: 'Copy what is edited into the containers, restart or rebuild them, as develop.watch says',
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		noUp: {type: 'boolean', help: 'Do not bring the services up first'},
		quiet: {type: 'boolean', help: 'Say nothing of what is built'},
	},
	refused: {prune: 'images that nobody uses go with image prune', 'dry-run': 'the rules are what config prints under develop'},
	async run(context) {
		const {flags, args, signal} = context;
		const {project: whole} = await projectOf(context, flags, {services: args});
		const project = select(whole, args, {dependencies: true});
		const compose = await composeOf(context, {quietBuilds: flags.quiet});
		const watch = await watchOf(context, {project, whole, compose, services: args});
		if (!flags.noUp) {
			const options = {whole, recreate: 'changed', scale: {}, removeOrphans: false, start: true, build: true} as const;
			await compose.up(project, options, {...teller(context), signal, wait: false, dryRun: false});
		}
		try {
			await watch(signal);
		} catch (error) {
			// Leaving with ctrl-c is how it is meant to end; the containers go on.
			if (!isAbort(error)) throw error;
		}
		return 0;
	},
});
