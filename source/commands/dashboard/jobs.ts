import type {Command} from '../types.ts';

export const showJobs: Command = {
	id: 'jobs.show',
	title: 'Progress of what runs, and what ran',
	scope: 'global',
	keys: ['ctrl-p'],
	run: async ({dialogs, jobs}) => {
		if ((await dialogs.watchJobs()) === 'cancel') jobs.cancelAll();
	},
};
