import {diskBiggest, diskKinds, prunes} from '../../model/disk-report.ts';
import {bytes} from '../../model/units.ts';
import type {Command} from '../types.ts';
import {measure, oneNamespace, pruneAfterAsking} from './prune.ts';

/**
Measured anew each time, as a job: a big disk takes minutes, and the screen stays usable until the answer opens. What was measured of
committed snapshots is kept, so the second look is quick.
*/
export const showDisk: Command = {
	id: 'disk.show',
	title: 'Disk: what takes place, what each prune would free, and prune',
	scope: 'global',
	keys: ['ctrl-g'],
	nerdctl: () => 'gantry system df -v',
	run: async (context) => {
		const namespace = oneNamespace(context.store.get());
		for (;;) {
			const usage = await measure(context, namespace);
			if (usage === undefined) return;
			const answer = await context.dialogs.disk({
				title: namespace === undefined ? 'Disk' : `Disk of ${namespace}`,
				kinds: diskKinds(usage),
				prunes: prunes.map(({id, title, does, selection}) => ({id, title, does, sizeBytes: usage.freed(selection)})),
				details: diskBiggest(usage),
			});
			if (answer === undefined) return;
			if (answer !== 'again') return pruneAfterAsking(context, usage, answer);
		}
	},
};

/** The same prunes from the pane of images, without the rest of the screen. */
export const pruneImages: Command = {
	id: 'images.prune',
	title: 'Prune: remove images that nothing uses, after saying what that frees',
	scope: 'images',
	keys: [],
	changes: true,
	refusal: (state) => (oneNamespace(state) === undefined ? 'A prune is of one namespace: choose one with N first' : undefined),
	nerdctl: () => 'nerdctl image prune',
	run: async (context) => {
		const usage = await measure(context, oneNamespace(context.store.get()));
		if (usage === undefined) return;
		const ofImages = prunes.filter(({selection}) => selection.images !== undefined && selection.stoppedContainers === undefined);
		const id = await context.dialogs.choose({
			title: 'Prune images',
			choices: ofImages.map((prune) => ({id: prune.id, label: prune.does, note: `frees ${bytes(usage.freed(prune.selection))}`})),
		});
		if (id !== undefined) await pruneAfterAsking(context, usage, id);
	},
};
