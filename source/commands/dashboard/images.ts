import {ownerOf} from '../../model/namespace.ts';
import type {Image} from '../../model/image.ts';
import {messageOf} from '../../errors.ts';
import type {ImageRow, State} from '../../store/index.ts';
import {selectedRow, targetRows} from '../../store/rows/index.ts';
import {notify} from '../runner.ts';
import type {Command, Context} from '../types.ts';

/** The marked images, else the selected one. */
export const chosen = (state: State): readonly ImageRow[] => targetRows(state, 'images').filter((row) => row.kind === 'image');

export const noImage = (state: State): string | undefined => (chosen(state).length === 0 ? 'Select an image first' : undefined);

/** An image row can have several names; which one is meant is asked, not guessed. */
export const pickName = async (context: Context, row: ImageRow, title: string): Promise<Image | undefined> => {
	const [only, second] = row.images;
	if (second === undefined) return only;
	const name = await context.dialogs.choose({title, choices: row.images.map((image) => ({id: image.name, label: image.name}))});
	return row.images.find((image) => image.name === name);
};

export const tagImage: Command = {
	id: 'images.tag',
	title: 'Tag',
	scope: 'images',
	keys: ['t'],
	changes: true,
	hint: {label: 'tag', order: 3},
	refusal: noImage,
	nerdctl: (state) => `nerdctl tag ${chosen(state)[0]?.images[0].name ?? '…'} NEW`,
	run: async (context) => {
		const row = selectedRow(context.store.get(), 'images');
		if (row?.kind !== 'image') return;
		const target = await context.dialogs.line({title: `New name for ${row.images[0].name}`, text: row.images[0].name});
		if (target === undefined || target === '') return;
		const made = await context.services.images.tag(row.images[0], target);
		notify(context.store, 'good', `Tagged ${made.name}`);
	},
};

const inUse = (users: number): string => `In use by ${users === 1 ? '1 container, which keeps' : `${users} containers, which keep`} running, but the name is gone.`;

export const removeImages: Command = {
	id: 'images.remove',
	title: 'Remove',
	scope: 'images',
	keys: ['d', 'delete'],
	changes: true,
	hint: {label: 'remove', order: 5},
	refusal: noImage,
	nerdctl: (state) => `nerdctl rmi ${chosen(state).map((row) => row.images[0].name).join(' ')}`,
	run: async (context) => {
		const rows = chosen(context.store.get());
		const only = rows.length === 1 ? rows[0] : undefined;
		const named = only === undefined ? undefined : await pickName(context, only, 'Remove which name?');
		if (only !== undefined && named === undefined) return;
		const images = named === undefined ? rows.flatMap((row) => [...row.images]) : [named];
		const used = rows.filter((row) => row.usedBy > 0);
		const owners = new Set(images.map((image) => ownerOf(image.namespace)).filter((owner) => owner !== undefined));
		const agreed = await context.dialogs.confirm({
			title: images.length === 1 ? `Remove ${images[0]?.name}?` : `Remove ${images.length} image names?`,
			lines: [
				used.length > 0 ? inUse(used.reduce((sum, row) => sum + row.usedBy, 0)) : 'No container uses it.',
				...(owners.size > 0 ? [`This namespace belongs to ${[...owners].join(' and ')}, which keeps its own books.`] : []),
			],
			danger: true,
		});
		if (!agreed) return;
		const failures: string[] = [];
		for (const image of images) {
			try {
				await context.services.images.remove(image, {force: used.length > 0});
			} catch (error) {
				failures.push(messageOf(error));
			}
		}
		for (const failure of failures) notify(context.store, 'bad', failure);
		if (failures.length < images.length) notify(context.store, 'good', `Removed ${images.length - failures.length} image ${images.length - failures.length === 1 ? 'name' : 'names'}`);
	},
};
