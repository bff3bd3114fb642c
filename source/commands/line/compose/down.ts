import {Failure} from '../../../errors.ts';
import {composeFlags} from './flags.ts';
import {meant} from './meant.ts';
import {composeOf, printDryRun, teller} from './service.ts';
import {defineLine} from '../types.ts';

export const composeDown = defineLine({
	verbs: ['compose down'],
	summary: 'Take a project down: stop and remove its containers and networks',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		...composeFlags,
		removeOrphans: {type: 'boolean', help: 'Also containers of services that the project has no more'},
		rmi: {type: 'string', placeholder: 'WHICH', help: 'Also images: all, or local for those without a name of their own'},
		timeout: {type: 'number', shortFlag: 't', placeholder: 'SECONDS', help: 'How long containers have to stop'},
		volumes: {type: 'boolean', shortFlag: 'v', help: "Also the project's volumes, and anonymous ones"},
		dryRun: {type: 'boolean', help: 'Print what would be done, and why'},
	},
	async run(context) {
		const {flags, signal} = context;
		const {rmi = 'none'} = flags;
		if (rmi !== 'none' && rmi !== 'all' && rmi !== 'local') throw new Failure('invalid', `--rmi is ${JSON.stringify(rmi)}`, {hint: 'it is all or local'});
		const {name, project} = await meant(context, flags);
		const compose = await composeOf(context);
		const timeout = flags.timeout === undefined ? {} : {timeoutMs: flags.timeout * 1000};
		const plan = await compose.down(
			name,
			{project, removeOrphans: flags.removeOrphans, volumes: flags.volumes, images: rmi},
			{...teller(context), ...timeout, signal, dryRun: flags.dryRun},
		);
		return flags.dryRun ? printDryRun(context, plan) : 0;
	},
});
