import {diskReport} from '../../model/disk-report.ts';
import {bytes} from '../../model/units.ts';
import type {Command} from '../types.ts';

/**
Measured anew each time, as a job: a big disk takes minutes, and the screen stays usable until the answer opens. What was measured of
committed snapshots is kept, so the second look is quick.
*/
export const showDisk: Command = {
	id: 'disk.show',
	title: 'Disk: what takes place, and what a prune would free',
	scope: 'global',
	keys: ['ctrl-g'],
	nerdctl: () => 'gantry system df -v',
	run: ({services, store, dialogs, jobs}) => {
		const {scope} = store.get();
		const where = scope.kind === 'one' ? {namespaces: [scope.namespace]} : {};
		jobs.start('Measure the disk', async ({signal, report}) => {
			const usage = await services.disk.usage({
				...where,
				signal,
				onProgress: ({done, total}) => report({step: `${done} of ${total} snapshots and volumes`, items: []}),
			});
			void dialogs.show({title: scope.kind === 'one' ? `Disk of ${scope.namespace}` : 'Disk', lines: diskReport(usage)});
			return `The disk holds ${bytes(usage.totalBytes)}`;
		});
	},
};
