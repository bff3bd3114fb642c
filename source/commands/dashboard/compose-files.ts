import {stat} from 'node:fs/promises';
import {isAbort, messageOf, sentence} from '../../errors.ts';
import type {ProjectSource} from '../../model/compose/project-source.ts';
import {words} from './container-look.ts';
import {notify} from '../runner.ts';
import type {Command, Context} from '../types.ts';
import {meantBy, noFiles, noProject} from './compose-meant.ts';
import {upMeant} from './compose-up.ts';

type Place = Pick<ProjectSource, 'directory' | 'files'>;

/** Asks for a directory or a file with what was opened before; answers what was typed and what is there. */
const askForPath = async ({services, dialogs}: Context): Promise<{readonly typed: string; readonly place: Place} | undefined> => {
	const before = await services.history.recent('compose');
	const places = new Map<string, Place | string>();
	const paths = new Map<string, readonly string[]>();
	const values = await dialogs.form({
		title: 'A project by its directory',
		fields: [{id: 'path', label: 'path', text: '', hint: 'a directory with a compose.yaml, or the file itself'}],
		describe: ({path = ''}) => {
			const place = places.get(path.trim());
			if (path.trim() === '') return {preview: '', problem: 'Type the path of a directory or of a compose file'};
			if (place === undefined) return {preview: '', problem: 'looking …'};
			return typeof place === 'string' ? {preview: '', problem: place} : {preview: place.files.join(' '), problem: undefined};
		},
		complete: (_, text) => [...before.filter((path) => path.startsWith(text) && path !== text), ...(paths.get(text) ?? [])],
		learn: async (_, text) => {
			const path = text.trim();
			if (path === '' || places.has(path)) return;
			paths.set(text, await services.compose.complete(text));
			places.set(path, await services.compose.sourceAt(path).catch(messageOf));
		},
	});
	const typed = values?.['path']?.trim();
	const place = typed === undefined ? undefined : places.get(typed);
	return typed === undefined || place === undefined || typeof place === 'string' ? undefined : {typed, place};
};

export const openProject: Command = {
	id: 'projects.open',
	title: 'Look into a directory that has a compose file',
	scope: 'projects',
	keys: ['n'],
	hint: {label: 'open', order: 10},
	run: async (context) => {
		const {services, store, watch} = context;
		const asked = await askForPath(context);
		if (asked === undefined) return;
		const {directory, files} = asked.place;
		const isNamed = files.length === 1 && asked.typed.endsWith(files[0]?.slice(directory.length) ?? '');
		await services.history.add('compose', isNamed ? (files[0] ?? directory) : directory);
		watch.refreshProjects();
		const {project} = await services.compose.read({directory, files, name: undefined, services: []});
		const {scope} = store.get();
		store.dispatch({type: 'pane-changed', pane: 'projects', change: {selected: `${scope.kind === 'one' ? scope.namespace : 'default'} project ${project.name}`}});
	},
};

export const forgetProject: Command = {
	id: 'projects.forget',
	title: 'Forget its directory; nothing of it is touched',
	scope: 'projects',
	keys: ['F'],
	refusal: (state) => {
		const {row} = meantBy(state) ?? {};
		if (row === undefined) return noProject(state);
		return row.file?.isRemembered === true ? undefined : `${row.project.name} is here by its containers or by where gantry was started, and not because somebody asked for it`;
	},
	run: async ({store, services, watch}) => {
		const {row} = meantBy(store.get()) ?? {};
		if (row?.file === undefined) return;
		for (const path of [row.file.directory, ...row.file.files]) await services.history.forget('compose', path);
		watch.refreshProjects();
		notify(store, 'info', `Forgot ${row.file.directory}`);
	},
};

const stampOf = async (path: string): Promise<string> => {
	try {
		const {mtimeMs, size, ino} = await stat(path);
		return `${mtimeMs} ${size} ${ino}`;
	} catch {
		// Not there: an editor can make it.
		return '';
	}
};

/** Until it can be read, or somebody has enough of it. Answers whether it can. */
const editUntilReadable = async (context: Context, source: ProjectSource, file: string): Promise<boolean> => {
	const {terminal, services, dialogs, environment} = context;
	const [program = 'vi', ...args] = words(environment['VISUAL'] || environment['EDITOR'] || 'vi');
	for (;;) {
		await terminal.handOver(async (tty) => tty.spawn(program, [...args, file]));
		try {
			await services.compose.read(source);
			return true;
		} catch (error) {
			if (isAbort(error)) throw error;
			if (!(await dialogs.confirm({title: 'The project can not be read now. Edit it again?', lines: [sentence(error)], danger: false}))) return false;
		}
	}
};

export const editProject: Command = {
	id: 'projects.edit',
	title: 'Edit the file in $EDITOR, then see the plan',
	scope: 'projects',
	keys: ['E'],
	changes: true,
	hint: {label: 'edit', order: 11},
	refusal: noFiles,
	run: async (context) => {
		const {store, dialogs, watch} = context;
		const meant = meantBy(store.get());
		const source = meant?.row.source;
		if (meant === undefined || source === undefined) return;
		const file = source.files.length < 2 ? source.files[0] : await dialogs.choose({title: 'Edit which file?', choices: source.files.map((path, index) => ({id: path, label: path, hotkey: String(index + 1)}))});
		if (file === undefined) return;
		const before = await stampOf(file);
		const isReadable = await editUntilReadable(context, source, file);
		watch.refreshProjects();
		if ((await stampOf(file)) === before) notify(store, 'info', `${file} is as it was`);
		else if (isReadable) await upMeant(context, {...meant, services: []});
	},
};
