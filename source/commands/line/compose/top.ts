import {print} from '../output.ts';
import {top} from '../top.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {replicas} from './replicas.ts';

export const composeTop = defineLine({
	verbs: ['compose top'],
	summary: "Display the running processes of a project's containers",
	usage: '[SERVICE, ...]',
	arity: {least: 0},
	flags: composeFlags,
	async run(context) {
		const {containers} = await replicas(context, context.flags, context.args);
		for (const {id, name, state} of containers) {
			if (state !== 'running') continue;
			await print(context, `${name}\n`);
			await top.run({...context, args: [id], flags: {}});
			await print(context, '\n');
		}
		return 0;
	},
});
