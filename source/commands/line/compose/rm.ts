import {confirm} from '../confirm.ts';
import {timeFlag} from '../signal-flag.ts';
import {defineLine} from '../types.ts';
import {dryRunFlag, eachReplica} from './each.ts';
import {composeFlags} from './flags.ts';

export const composeRm = defineLine({
	verbs: ['compose rm'],
	summary: "Remove a project's stopped containers",
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		force: {type: 'boolean', shortFlag: 'f', help: 'Do not ask'},
		stop: {type: 'boolean', shortFlag: 's', help: 'Running containers too, which are stopped first'},
		volumes: {type: 'boolean', shortFlag: 'v', help: 'Anonymous volumes of the containers too'},
		timeout: {type: 'number', shortFlag: 't', placeholder: 'SECONDS', help: 'How long containers have to stop'},
		dryRun: dryRunFlag,
	},
	async run(context) {
		const {flags, args} = context;
		const what = args.length === 0 ? 'the project' : args.join(', ');
		const warning = `WARNING! This will remove all ${flags.stop ? '' : 'stopped '}containers of ${what}.`;
		if (!flags.force && !flags.dryRun && !(await confirm(context, warning))) return 0;
		const timeoutMs = timeFlag(flags.timeout);
		return eachReplica(context, {verb: 'remove', stop: flags.stop}, {volumes: flags.volumes, ...(timeoutMs === undefined ? {} : {timeoutMs})});
	},
});
