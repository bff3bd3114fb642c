import {select} from '../../../model/compose/select.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {makingFlags, stoppingOf, upOptionsOf} from './making.ts';
import {projectOf} from './project.ts';
import {composeOf, printDryRun, teller} from './service.ts';

export const composeCreate = defineLine({
	verbs: ['compose create'],
	summary: "Make a project's containers, to be started later",
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {...composeFlags, ...makingFlags},
	refused: {'quiet-pull': 'progress goes to stderr: 2>/dev/null'},
	async run(context) {
		const {flags, args, signal} = context;
		const {project: whole} = await projectOf(context, flags, {services: args});
		const project = select(whole, args, {dependencies: true});
		const options = upOptionsOf(flags, {project, whole, start: false});
		const compose = await composeOf(context);
		const plan = await compose.up(project, options, {...teller(context), ...stoppingOf(flags.timeout), signal, wait: false, dryRun: flags.dryRun});
		return flags.dryRun ? printDryRun(context, plan) : 0;
	},
});
