import {Failure} from '../../../errors.ts';
import {select} from '../../../model/compose/select.ts';
import {composeFlags} from './flags.ts';
import {makingFlags, stoppingOf, upOptionsOf} from './making.ts';
import {projectOf} from './project.ts';
import {composeOf, printDryRun, teller} from './service.ts';
import {defineLine} from '../types.ts';

export const composeUp = defineLine({
	verbs: ['compose up'],
	summary: 'Bring a project up: make and start what its files say',
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		...makingFlags,
		detach: {type: 'boolean', shortFlag: 'd', help: 'Leave the containers in the background'},
		noDeps: {type: 'boolean', help: 'Leave out services that the named ones depend on'},
		noStart: {type: 'boolean', help: 'Make the containers, and do not start them'},
		wait: {type: 'boolean', help: 'Wait until the containers are healthy; implies -d'},
	},
	refused: {
		'abort-on-container-exit': 'up leaves the containers in the background',
		'exit-code-from': 'up leaves the containers in the background; wait tells how one ends',
	},
	async run(context) {
		const {flags, args, signal} = context;
		if (!flags.detach && !flags.wait && !flags.noStart && !flags.dryRun)
			throw new Failure('unsupported', 'compose up follows no logs', {hint: 'add -d, and follow them with logs -f CONTAINER'});
		const {project: whole} = await projectOf(context, flags, {services: args});
		const project = select(whole, args, {dependencies: !flags.noDeps});
		const options = upOptionsOf(flags, {project, whole, start: !flags.noStart});
		const compose = await composeOf(context);
		const plan = await compose.up(project, options, {...teller(context), ...stoppingOf(flags.timeout), signal, wait: flags.wait, dryRun: flags.dryRun});
		return flags.dryRun ? printDryRun(context, plan) : 0;
	},
});
