import type {Command} from '../types.ts';

export const showJobs: Command = {
	id: 'jobs.show',
	title: 'Progress of what runs, and what ran',
	scope: 'global',
	keys: ['ctrl-p'],
	run: async ({dialogs, jobs}) => {
		for (;;) {
			const answer = await dialogs.watchJobs();
			if (answer === undefined) return;
			if (answer === 'cancel') return jobs.cancelAll();
			const one = jobs.list().filter(({status}) => status === 'running')[Number(answer) - 1];
			if (one !== undefined) jobs.cancel(one.id);
		}
	},
};
