import {stats} from '../stats.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {replicas} from './replicas.ts';

export const composeStats = defineLine({
	verbs: ['compose stats'],
	summary: "Display resource usage of a project's containers",
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		all: {type: 'boolean', shortFlag: 'a', help: 'Show all containers (default shows just running)'},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "table, json or a Go template such as '{{.CPUPerc}}'"},
		noStream: {type: 'boolean', help: 'Print the first result and end'},
		noTrunc: {type: 'boolean', help: "Don't truncate output"},
	},
	async run(context) {
		const {flags, args, stderr} = context;
		const {name, containers} = await replicas(context, flags, args);
		const shown = containers.filter(({state}) => flags.all || state === 'running');
		if (shown.length === 0) {
			stderr.write(`${name}: no container ${flags.all ? 'is there' : 'runs'}\n`);
			return 0;
		}
		const {all, format, noStream, noTrunc} = flags;
		return stats.run({...context, args: shown.map(({id}) => id), flags: {all, format, noStream, noTrunc}});
	},
});
