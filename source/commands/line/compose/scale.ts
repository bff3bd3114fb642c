import {select} from '../../../model/compose/select.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {scalesOf, stoppingOf} from './making.ts';
import {projectOf} from './project.ts';
import {composeOf, printDryRun, teller} from './service.ts';

export const composeScale = defineLine({
	verbs: ['compose scale'],
	summary: 'Have as many containers of services as is said',
	usage: '[flags] SERVICE=NUMBER [SERVICE=NUMBER, ...]',
	arity: {least: 1},
	flags: {
		...composeFlags,
		noDeps: {type: 'boolean', help: 'Leave out services that the named ones depend on'},
		timeout: {type: 'number', shortFlag: 't', placeholder: 'SECONDS', help: 'How long containers that go have to stop'},
		dryRun: {type: 'boolean', help: 'Print what would be done, and why'},
	},
	async run(context) {
		const {flags, args, signal} = context;
		const names = args.map(text => text.split('=')[0] ?? text);
		const {project: whole} = await projectOf(context, flags, {services: names});
		const project = select(whole, names, {dependencies: !flags.noDeps});
		const scale = scalesOf(args, project.services, 'scale');
		const compose = await composeOf(context);
		const options = {whole, recreate: 'never', scale, removeOrphans: false, start: true, build: false} as const;
		const plan = await compose.up(project, options, {...teller(context), ...stoppingOf(flags.timeout), signal, wait: false, dryRun: flags.dryRun});
		return flags.dryRun ? printDryRun(context, plan) : 0;
	},
});
