import {confirm} from './confirm.ts';
import {plainSentence} from './failures.ts';
import {print} from './output.ts';
import {defineLine} from './types.ts';

export const prune = defineLine({
	verbs: ['container prune'],
	summary: 'Remove all stopped containers',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {force: {type: 'boolean', shortFlag: 'f', help: 'Do not prompt for confirmation'}},
	refused: {filter: 'select with ps -q -f and remove with rm'},
	async run(context) {
		const {services, global, signal, flags, stderr} = context;
		if (!flags.force && !(await confirm(context, 'WARNING! This will remove all stopped containers.'))) return 0;
		const {done, failed} = await services.containers.prune(global.namespace, {signal});
		if (done.length > 0) await print(context, `Deleted Containers:\n${done.map(({id}) => id).join('\n')}\n`);
		for (const {error} of failed) stderr.write(`${plainSentence(error)}\n`);
		return failed.length > 0 ? 1 : 0;
	},
});
