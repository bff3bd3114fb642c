import {Failure} from '../../../errors.ts';
import {eachReplica} from './each.ts';
import {composeFlags} from './flags.ts';
import {stoppingOf} from './making.ts';
import {meant} from './meant.ts';
import {composeOf, printDryRun, teller} from './service.ts';
import {defineLine} from '../types.ts';

export const composeDown = defineLine({
	verbs: ['compose down'],
	summary: 'Take a project down: stop and remove its containers and networks',
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		removeOrphans: {type: 'boolean', help: 'Also containers of services that the project has no more'},
		rmi: {type: 'string', placeholder: 'WHICH', help: 'Also images: all, or local for those without a name of their own'},
		timeout: {type: 'number', shortFlag: 't', placeholder: 'SECONDS', help: 'How long containers have to stop'},
		volumes: {type: 'boolean', shortFlag: 'v', help: "Also the project's volumes, and anonymous ones"},
		dryRun: {type: 'boolean', help: 'Print what would be done, and why'},
	},
	async run(context) {
		const {flags, args, signal} = context;
		const {rmi = 'none'} = flags;
		if (rmi !== 'none' && rmi !== 'all' && rmi !== 'local') throw new Failure('invalid', `--rmi is ${JSON.stringify(rmi)}`, {hint: 'it is all or local'});
		// Of some services only the containers go: networks, and what orphans and volumes there are, belong to all.
		if (args.length > 0) {
			const whole = (['removeOrphans', 'rmi'] as const).find(flag => context.given.has(flag));
			if (whole !== undefined) throw new Failure('invalid', `--${whole === 'rmi' ? 'rmi' : 'remove-orphans'} is about the whole project`, {hint: 'leave it out, or the services'});
			return eachReplica(context, {verb: 'remove', stop: true}, {volumes: flags.volumes, ...stoppingOf(flags.timeout)});
		}
		const {name, project} = await meant(context, flags);
		const compose = await composeOf(context);
		const plan = await compose.down(
			name,
			{project, removeOrphans: flags.removeOrphans, volumes: flags.volumes, images: rmi},
			{...teller(context), ...stoppingOf(flags.timeout), signal, dryRun: flags.dryRun},
		);
		return flags.dryRun ? printDryRun(context, plan) : 0;
	},
});
