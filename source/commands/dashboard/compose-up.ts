import {Failure} from '../../errors.ts';
import type {UpOptions} from '../../model/compose/plan/index.ts';
import {type Project, scaleOf} from '../../model/compose/project.ts';
import {select} from '../../model/compose/select.ts';
import {usualUp} from '../../model/compose/usual-up.ts';
import type {ProjectSource} from '../../model/compose/project-source.ts';
import type {ProjectRow} from '../../store/index.ts';
import type {Command, Context} from '../types.ts';
import {agreeAndDo} from './compose-agree.ts';
import {type Meant, meantBy, nameOf, noFiles} from './compose-meant.ts';

type Wanted = {
	readonly row: ProjectRow;
	readonly title: string;
	readonly done: string;
	/** The part of the project that is meant. */
	readonly part: (project: Project) => Project;
	readonly options: Partial<UpOptions>;
};

const readFor = async ({services}: Context, source: ProjectSource | undefined): Promise<Project> => {
	if (source === undefined) throw new Failure('not-found', 'The project has no files');
	return (await services.compose.read(source)).project;
};

/** Projects that somebody brought up here are found here the next time, wherever one stands. */
const remember = async ({services}: Context, {source}: ProjectRow): Promise<void> => {
	if (source !== undefined)
		await services.history.add('compose', source.files.length === 1 && /\/(?:docker-)?compose\.ya?ml$/.test(source.files[0] ?? '') ? source.directory : (source.files[0] ?? source.directory)).catch(() => {
			// A disk without room for a line of text: the project is up all the same.
		});
};

const bringUp = async (context: Context, {row, title, done, part, options}: Wanted): Promise<void> => {
	const {services} = context;
	const whole = await readFor(context, row.source);
	const project = part(whole);
	const compose = await services.compose.at(row.namespace);
	const how: UpOptions = {...usualUp, ...options, whole};
	await agreeAndDo(context, {
		row,
		title,
		doing: 'going up',
		done,
		danger: false,
		plan: async () => compose.up(project, how, {onEvent: () => undefined, warn: () => undefined, wait: false, dryRun: true}),
		act: async (agreed, call) => {
			await compose.up(project, how, {...call, wait: false, dryRun: false, agreed});
			await remember(context, row);
		},
	});
};

/** Those that are meant with what they depend on. */
const partOf = ({services}: Meant) => (project: Project): Project => select(project, services, {dependencies: true});

export const upMeant = async (context: Context, meant: Meant): Promise<void> =>
	bringUp(context, {row: meant.row, title: `Bring ${nameOf(meant)} up`, done: `${nameOf(meant)} is up`, part: partOf(meant), options: {}});

const line = (verb: string) => (state: Parameters<typeof meantBy>[0]): string | undefined => {
	const meant = meantBy(state);
	return meant === undefined ? undefined : `nerdctl compose${meant.row.source?.files.map((file) => ` -f ${file}`).join('') ?? ''} -p ${meant.row.project.name} ${verb}${meant.services.map((name) => ` ${name}`).join('')}`;
};

const common = {scope: 'projects', changes: true, asks: true, refusal: noFiles} as const;

export const upProjects: Command = {
	...common,
	id: 'projects.up',
	title: 'Up: as the file says, after its plan was shown',
	keys: ['u'],
	hint: {label: 'up', order: 1},
	nerdctl: line('up -d'),
	run: async (context) => {
		const meant = meantBy(context.store.get());
		if (meant !== undefined) await upMeant(context, meant);
	},
};

export const rebuildProjects: Command = {
	...common,
	id: 'projects.rebuild',
	title: 'Rebuild the images, and make the containers anew',
	keys: ['R'],
	hint: {label: 'rebuild', order: 9},
	nerdctl: line('up -d --build'),
	run: async (context) => {
		const meant = meantBy(context.store.get());
		if (meant === undefined) return;
		const part = (project: Project): Project => {
			const names = meant.services.length > 0 ? meant.services : Object.keys(project.services);
			const built = names.filter((name) => project.services[name]?.build !== undefined);
			if (built.length === 0) throw new Failure('invalid', `Nothing of ${nameOf(meant)} is built: its images come from a registry`, {hint: 'pull them in the Images pane'});
			return select(project, built, {dependencies: false});
		};
		// A new image is only known when it is there: what runs the old one is made anew in any case.
		await bringUp(context, {row: meant.row, title: `Rebuild ${nameOf(meant)}`, done: `Rebuilt ${nameOf(meant)}`, part, options: {build: true, recreate: 'always'}});
	},
};

export const scaleService: Command = {
	...common,
	id: 'projects.scale',
	title: 'Scale: how many containers of the service',
	keys: ['c'],
	hint: {label: 'scale', order: 8},
	refusal: (state) => noFiles(state) ?? (meantBy(state)?.services.length === 1 ? undefined : 'Select one service first: the lines below a project'),
	nerdctl: line('up -d --scale'),
	run: async (context) => {
		const meant = meantBy(context.store.get());
		const [name] = meant?.services ?? [];
		if (meant === undefined || name === undefined) return;
		const {row} = meant;
		const project = await readFor(context, row.source);
		const service = project.services[name];
		if (service === undefined) throw new Failure('not-found', `The file of ${row.project.name} has no service ${name} any more`, {hint: 'remove its containers with d'});
		const typed = await context.dialogs.line({title: `Containers of ${nameOf(meant)}`, text: String(meant.containers.length || scaleOf(service)), note: `its file says ${scaleOf(service)}`});
		if (typed === undefined) return;
		const count = /^\d{1,4}$/.test(typed.trim()) ? Number(typed.trim()) : undefined;
		if (count === undefined) throw new Failure('invalid', `${JSON.stringify(typed)} is no number of containers`, {hint: 'type a whole number, 0 to have none'});
		const part = (whole: Project): Project => select(whole, [name], {dependencies: false});
		await bringUp(context, {row, title: `Scale ${nameOf(meant)} to ${count}`, done: `${nameOf(meant)} has ${count} ${count === 1 ? 'container' : 'containers'}`, part, options: {scale: {[name]: count}}});
	},
};
