import process from 'node:process';
import {Failure, messageOf, sentence} from '../../errors.ts';
import type {BuildOrder} from '../../model/build-run.ts';
import type {FormValues} from '../../model/form.ts';
import {selectedRow} from '../../store/rows/index.ts';
import {notify} from '../runner.ts';
import type {Command, Context} from '../types.ts';
import {buildArguments, type BuildField, buildFields, buildLabels, buildPreview} from './build-line.ts';
import {readOrder, type ReadOrder, startBuild} from './build-start.ts';

const hints: Readonly<Record<BuildField, string>> = {
	context: '/srv/app, ~/app, or https://host/repository.git',
	tag: 'name:1 name:latest',
	file: 'the directory’s own',
	target: 'the last stage',
	args: "VERSION=1.2 WHO='two words'",
	more: '--no-cache --pull --secret id=key,src=key.txt',
};

const problemOf = (values: FormValues): string | undefined => (values['context']?.trim() === '' ? 'Type the directory to build' : undefined);

type Filled = {readonly values: FormValues; readonly order: BuildOrder; readonly read: ReadOrder};

const read = async (context: Context, values: FormValues): Promise<Omit<Filled, 'values'>> => {
	const missing = problemOf(values);
	if (missing !== undefined) throw new Failure('invalid', missing);
	const order: BuildOrder = {args: buildArguments(values, context.environment['HOME']), workingFolder: process.cwd()};
	return {order, read: await readOrder(context, order)};
};

/** Asks until what is asked for can be tried: what somebody typed is not thrown away for a slip. */
const ask = async (context: Context, first: FormValues): Promise<Filled | undefined> => {
	const {dialogs, store, environment} = context;
	const problems = new Map<string, string | undefined>();
	const values = await dialogs.form({
		title: 'Build an image',
		fields: buildFields.map((id) => ({id, label: buildLabels[id], hint: hints[id], text: first[id] ?? ''})),
		describe: (values) => ({preview: buildPreview(values, environment['HOME']), problem: problemOf(values) ?? problems.get(JSON.stringify(values))}),
		learn: async (_, __, values) => {
			const key = JSON.stringify(values);
			if (problems.has(key)) return;
			problems.clear();
			problems.set(key, await read(context, values).then(() => undefined, messageOf));
		},
	});
	if (values === undefined) return undefined;
	try {
		return {values, ...(await read(context, values))};
	} catch (error) {
		notify(store, 'bad', sentence(error));
		return ask(context, values);
	}
};

/** A compose project under the cursor begins with its directory; else the form is as it was filled the last time. */
const firstValues = async ({store, services}: Context): Promise<FormValues> => {
	const before = await services.history.filled('build');
	const state = store.get();
	const row = selectedRow(state, state.view.pane);
	const folder = row?.kind === 'project' ? row.project.workingDir : undefined;
	return folder === undefined || folder === before['context'] ? before : {context: folder};
};

export const buildDirectory: Command = {
	id: 'builds.build',
	title: 'Build a directory',
	scope: 'global',
	keys: ['B'],
	changes: true,
	nerdctl: () => 'nerdctl build -t … DIRECTORY',
	run: async (context) => {
		const filled = await ask(context, await firstValues(context));
		if (filled === undefined) return;
		startBuild(context, filled.order, filled.read);
		await context.services.history.fill('build', filled.values).catch(() => {
			// A disk without room for a line of text is told by the build.
		});
	},
};
