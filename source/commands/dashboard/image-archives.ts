import {resolve} from 'node:path';
import {arch} from 'node:process';
import {findReference, repoTag} from '../../model/reference.ts';
import {machinePlatform} from '../../model/platform.ts';
import {readArchive} from '../read-archive.ts';
import type {Command, Context} from '../types.ts';
import {chosen, noImage} from './images.ts';
import {oneNamespace} from './prune.ts';

/** As a shell would: `~` is home. */
const pathOf = ({environment}: Context, typed: string): string => resolve(typed.replace(/^~(?=\/|$)/, environment['HOME'] ?? '~'));

const noNamespace: NonNullable<Command['refusal']> = (state) => (oneNamespace(state) === undefined ? 'It goes into one namespace: choose one with N first' : undefined);

export const saveImages: Command = {
	id: 'images.save',
	title: 'Save to an archive',
	scope: 'images',
	keys: [],
	refusal: noImage,
	nerdctl: (state) => `nerdctl save -o FILE ${chosen(state).map((row) => row.images[0].name).join(' ')}`,
	run: async (context) => {
		const {dialogs, jobs, services, store} = context;
		const images = chosen(store.get()).map((row) => row.images[0]);
		const {repository, tag} = repoTag(images[0]?.name ?? '');
		const file = images.length === 1 ? `${[repository.split('/').at(-1), tag].filter((part) => part !== '').join('-') || 'image'}.tar` : 'images.tar';
		const typed = await dialogs.line({title: images.length === 1 ? 'Save it to' : `Save ${images.length} images to`, text: file, note: 'an archive that docker, nerdctl and OCI tools load'});
		if (typed === undefined || typed === '') return;
		const output = pathOf(context, typed);
		jobs.start(`Save ${typed}`, async ({signal, report}) => {
			await services.images.save({images, platforms: 'present', output}, {signal, onProgress: report});
			return `Saved ${output}`;
		});
	},
};

export const loadImages: Command = {
	id: 'images.load',
	title: 'Load from an archive',
	scope: 'images',
	keys: [],
	changes: true,
	refusal: noNamespace,
	nerdctl: () => 'nerdctl load -i FILE',
	run: async (context) => {
		const {dialogs, jobs, services, store} = context;
		const {snapshotter} = store.get();
		const namespace = oneNamespace(store.get());
		const typed = await dialogs.line({title: 'Load the archive', note: 'docker’s or OCI’s, packed or not'});
		if (typed === undefined || typed === '' || namespace === undefined) return;
		const path = pathOf(context, typed);
		jobs.start(`Load ${typed}`, async ({signal, report}) => {
			const request = {namespace, snapshotter, archive: readArchive(path), name: path, platforms: [machinePlatform(arch)], isNeeded: false, unpack: true};
			const loaded = await services.images.load(request, {signal, onProgress: report});
			return `Loaded ${loaded.map(({name}) => name).join(', ')}`;
		});
	},
};

export const importImage: Command = {
	id: 'images.import',
	title: 'Import a file system from a tar',
	scope: 'images',
	keys: [],
	changes: true,
	refusal: noNamespace,
	nerdctl: () => 'nerdctl import FILE NAME',
	run: async (context) => {
		const {dialogs, jobs, services, store} = context;
		const {snapshotter} = store.get();
		const namespace = oneNamespace(store.get());
		const values = await dialogs.form({
			title: 'Import a file system',
			fields: [
				{id: 'path', label: 'tar', text: '', hint: 'rootfs.tar.gz'},
				{id: 'name', label: 'name', text: '', hint: 'repository:tag'},
			],
			describe: ({path = '', name = ''}) => ({
				preview: `nerdctl import ${path || 'FILE'} ${name || 'NAME'}`,
				problem: path === '' ? 'Type the path of a tar' : findReference(name) === undefined ? 'Give the image a name' : undefined,
			}),
		});
		if (values === undefined || namespace === undefined) return;
		const path = pathOf(context, values['path'] ?? '');
		jobs.start(`Import ${values['path']}`, async ({signal, report}) => {
			const request = {namespace, snapshotter, archive: readArchive(path), name: path, reference: values['name'], message: '', platform: machinePlatform(arch)};
			return `Imported ${(await services.images.import(request, {signal, onProgress: report})).name}`;
		});
	},
};
