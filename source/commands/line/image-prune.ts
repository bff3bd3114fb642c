import {confirm} from './confirm.ts';
import {plainSentence} from './failures.ts';
import {print} from './output.ts';
import {defineLine} from './types.ts';

export const imagePrune = defineLine({
	verbs: ['image prune'],
	summary: 'Remove unused images',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		all: {type: 'boolean', shortFlag: 'a', help: 'Remove all unused images, not just dangling ones'},
		force: {type: 'boolean', shortFlag: 'f', help: 'Do not prompt for confirmation'},
	},
	refused: {filter: 'select with images -q -f and remove with rmi'},
	async run(context) {
		const {services, global, signal, flags, stderr} = context;
		const what = flags.all ? 'all images without at least one container associated to them' : 'all dangling images';
		if (!flags.force && !(await confirm(context, `WARNING! This will remove ${what}.`))) return 0;
		const {done, failed} = await services.images.prune(global.namespace, {signal, all: flags.all});
		if (done.length > 0) await print(context, `Deleted Images:\n${done.map(name => `Untagged: ${name}\n`).join('')}\n`);
		for (const {error} of failed) stderr.write(`${plainSentence(error)}\n`);
		return failed.length > 0 ? 1 : 0;
	},
});
