import {attach} from '../attach.ts';
import {detachKeysFlag} from '../detach-keys.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {indexFlag, replica} from './replicas.ts';

export const composeAttach = defineLine({
	verbs: ['compose attach'],
	summary: "Attach to a running container of a service: its output from now on, and its input where it has one",
	usage: '[flags] SERVICE',
	arity: {least: 1, most: 1},
	flags: {
		...composeFlags,
		detachKeys: detachKeysFlag,
		index: indexFlag,
		noStdin: {type: 'boolean', help: 'Do not attach STDIN'},
		sigProxy: {type: 'boolean', default: true, help: 'Pass received signals on to the process'},
	},
	async run(context) {
		const {flags, args} = context;
		const {name} = await replica(context, flags, args[0] ?? '');
		const {detachKeys, noStdin, sigProxy} = flags;
		return attach.run({...context, args: [name], flags: {detachKeys, noStdin, sigProxy}});
	},
});
