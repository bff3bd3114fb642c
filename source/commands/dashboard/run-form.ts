import {Failure, messageOf, sentence} from '../../errors.ts';
import {completeReference, familiarReference} from '../../model/complete-reference.ts';
import type {CreateRequest} from '../../model/create-request.ts';
import type {FormValues} from '../../model/form.ts';
import type {State} from '../../store/index.ts';
import {selectedRow} from '../../store/rows/index.ts';
import {notify} from '../runner.ts';
import type {CreateFlags} from '../line/run-flags/index.ts';
import type {Command, Context} from '../types.ts';
import {runArguments, type RunField, runFields, runLabel, runPreview} from './run-line.ts';

const hints: Readonly<Record<RunField, string>> = {
	image: 'registry/repository:tag',
	name: 'made from the image and the id',
	ports: '8080:80, 127.0.0.1:5353:53/udp',
	env: "NAME=value GREETING='two words'",
	volumes: 'data:/data /srv/site:/www:ro',
	network: 'bridge, host, none, container:NAME or networks',
	restart: '',
	command: 'the image’s own',
	more: '--memory 256m --cpus 1.5 --user nobody --read-only',
};

const restarts = ['no', 'always', 'unless-stopped', 'on-failure'];

const namespaceOf = ({scope}: State): string => (scope.kind === 'one' ? scope.namespace : 'default');

/** The form's words, read by the same parser that reads a command line. */
const requestOf = async ({store, cgroupManager, environment}: Context, values: FormValues): Promise<CreateRequest> => {
	if (values['image']?.trim() === '') throw new Failure('invalid', 'Type the name of an image');
	const [{createFlags, createRequestOf, refusedCreateFlags}, {parseFlags}] = await Promise.all([import('../line/run-flags/index.ts'), import('../line/flags.ts')]);
	const detach = {type: 'boolean', shortFlag: 'd', help: 'Run it in the background'} as const;
	const parsed = await parseFlags(runArguments(values), {...createFlags, detach}, {interspersed: false, refused: refusedCreateFlags});
	const state = store.get();
	// The parser made the values from this very table.
	return createRequestOf(parsed.values as CreateFlags, parsed.args, {namespace: namespaceOf(state), snapshotter: state.snapshotter, cgroupManager, env: environment});
};

const selectedImage = (state: State): string | undefined => {
	const row = selectedRow(state, 'images');
	return row?.kind === 'image' ? (familiarReference(row.images[0].name) ?? row.images[0].name) : undefined;
};

/** The image under the cursor begins a new form; else what the last one was filled with. A name is used up by its container. */
const firstValues = async ({store, services}: Context): Promise<FormValues> => {
	const before = await services.history.filled('run');
	const chosen = store.get().view.pane === 'images' ? selectedImage(store.get()) : undefined;
	return chosen === undefined || chosen === before['image'] ? {...before, name: ''} : {image: chosen};
};

type Filled = {readonly values: FormValues; readonly request: CreateRequest};

/** Asks until what is asked for can be tried: what somebody typed is not thrown away for a slip. */
const ask = async (context: Context, first: FormValues): Promise<Filled | undefined> => {
	const {services, store, dialogs} = context;
	const [typedBefore, networks] = await Promise.all([
		services.history.recent('pull'),
		services.networks.list(namespaceOf(store.get())).catch(() => []),
	]);
	const stored = [...store.get().images.items.values()].map(({name}) => name);
	const modes = [...networks.map(({name}) => name), 'host', 'none'];
	const problems = new Map<string, string | undefined>();
	const values = await dialogs.form({
		title: 'Run a container',
		fields: runFields.map((id) => {
			const field = {id, label: runLabel(id), hint: hints[id], text: first[id] ?? ''};
			return id === 'restart' ? {...field, text: field.text || 'no', choices: restarts} : field;
		}),
		describe: (values) => ({preview: runPreview(values), problem: values['image']?.trim() === '' ? 'Type the name of an image' : problems.get(JSON.stringify(values))}),
		complete: (id, text) => {
			if (text === '') return [];
			if (id === 'image') return completeReference(text, {typedBefore, stored, tags: []});
			return id === 'network' ? modes.filter((mode) => mode.startsWith(text) && mode !== text) : [];
		},
		learn: async (_, __, values) => {
			const key = JSON.stringify(values);
			if (problems.has(key)) return;
			problems.clear();
			problems.set(key, await requestOf(context, values).then(() => undefined, messageOf));
		},
	});
	if (values === undefined) return undefined;
	try {
		return {values, request: await requestOf(context, values)};
	} catch (error) {
		notify(store, 'bad', sentence(error));
		return ask(context, values);
	}
};

const run = async (context: Context): Promise<void> => {
	const filled = await ask(context, await firstValues(context));
	if (filled === undefined) return;
	const {values, request} = filled;
	context.jobs.start(`Run ${request.name ?? request.image}`, async ({signal, report}) => {
		const {ref} = await context.services.containers.run(request, {detached: true, signal, onProgress: report});
		return `${request.name ?? ref.id.slice(0, 12)} runs`;
	});
	await context.services.history.fill('run', values).catch(() => {
		// A disk without room for a line of text is told by the run.
	});
};

export const runContainer: Command = {
	id: 'containers.run',
	title: 'Run a new container',
	scope: 'containers',
	keys: ['n'],
	changes: true,
	hint: {label: 'new', order: 7},
	nerdctl: () => 'nerdctl run -d …',
	run,
};

export const runImage: Command = {
	id: 'images.run',
	title: 'Run a container of it',
	scope: 'images',
	keys: ['n'],
	changes: true,
	hint: {label: 'run', order: 3},
	nerdctl: (state) => `nerdctl run -d ${selectedImage(state) ?? '…'}`,
	run,
};
