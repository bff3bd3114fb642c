import type {EachVerb} from '../../model/compose/plan/index.ts';
import type {Project} from '../../model/compose/project.ts';
import {isUp} from '../../model/status.ts';
import type {ProjectRow} from '../../store/index.ts';
import type {Command, Context} from '../types.ts';
import {agreeAndDo} from './compose-agree.ts';
import {isDown, meantBy, nameOf, noContainers, noProject} from './compose-meant.ts';

/** Undefined when the files are gone or broken: then the labels of the containers are all there is. */
const projectOf = async ({services}: Context, {source}: ProjectRow): Promise<Project | undefined> => {
	if (source === undefined) return undefined;
	try {
		return (await services.compose.read(source)).project;
	} catch {
		// The pane says what is wrong with them; stopping must not need them.
		return undefined;
	}
};

const words: Readonly<Record<EachVerb, {readonly title: string; readonly doing: string; readonly done: string}>> = {
	start: {title: 'Start', doing: 'starting', done: 'Started'},
	stop: {title: 'Stop', doing: 'stopping', done: 'Stopped'},
	restart: {title: 'Restart', doing: 'restarting', done: 'Restarted'},
	kill: {title: 'Kill', doing: 'killing', done: 'Killed'},
	pause: {title: 'Pause', doing: 'pausing', done: 'Paused'},
	unpause: {title: 'Unpause', doing: 'unpausing', done: 'Unpaused'},
	remove: {title: 'Remove the containers of', doing: 'removing', done: 'Removed the containers of'},
};

const doEach = async (context: Context, verb: EachVerb): Promise<void> => {
	const meant = meantBy(context.store.get());
	if (meant === undefined) return;
	const {row, services} = meant;
	const [compose, project] = await Promise.all([context.services.compose.at(row.namespace), projectOf(context, row)]);
	const options = {verb, project, services, stop: true};
	const {title, doing, done} = words[verb];
	await agreeAndDo(context, {
		row,
		title: `${title} ${nameOf(meant)}`,
		doing,
		done: `${done} ${nameOf(meant)}`,
		danger: verb === 'remove' || verb === 'kill',
		plan: async () => compose.each(row.project.name, options, {onEvent: () => undefined, warn: () => undefined, dryRun: true}),
		act: async (agreed, call) => compose.each(row.project.name, options, {...call, dryRun: false, agreed}),
	});
};

const line = (verb: string) => (state: Parameters<typeof meantBy>[0]): string | undefined => {
	const meant = meantBy(state);
	return meant === undefined ? undefined : `nerdctl compose -p ${meant.row.project.name} ${verb}${meant.services.map((name) => ` ${name}`).join('')}`;
};

const common = {scope: 'projects', changes: true, asks: true} as const;

const isRunning = (state: Parameters<typeof meantBy>[0]): boolean => meantBy(state)?.containers.some(isUp) === true;

export const toggleProjects: Command = {
	...common,
	id: 'projects.toggle',
	title: 'Stop, or start again',
	keys: ['s'],
	hint: {label: 'start/stop', order: 2},
	refusal: noContainers(() => true, ''),
	nerdctl: (state) => line(isRunning(state) ? 'stop' : 'start')(state),
	run: async (context) => doEach(context, isRunning(context.store.get()) ? 'stop' : 'start'),
};

export const startProjects: Command = {
	...common,
	id: 'projects.start',
	title: 'Start what is down',
	keys: [],
	refusal: noContainers(isDown, 'runs already'),
	nerdctl: line('start'),
	run: async (context) => doEach(context, 'start'),
};

export const restartProjects: Command = {
	...common,
	id: 'projects.restart',
	title: 'Restart',
	keys: ['r'],
	hint: {label: 'restart', order: 3},
	refusal: noContainers(() => true, ''),
	nerdctl: line('restart'),
	run: async (context) => doEach(context, 'restart'),
};

export const pauseProjects: Command = {
	...common,
	id: 'projects.pause',
	title: 'Pause or unpause',
	keys: ['p'],
	refusal: noContainers(isUp, 'is not running'),
	nerdctl: line('pause'),
	run: async (context) => doEach(context, meantBy(context.store.get())?.containers.some(({task}) => task?.status === 'running') === true ? 'pause' : 'unpause'),
};

export const killProjects: Command = {
	...common,
	id: 'projects.kill',
	title: 'Kill at once',
	keys: ['ctrl-k'],
	refusal: noContainers(isUp, 'is not running'),
	nerdctl: line('kill'),
	run: async (context) => doEach(context, 'kill'),
};

export const removeProjects: Command = {
	...common,
	id: 'projects.remove',
	title: 'Remove the containers; networks and volumes stay',
	keys: ['d', 'delete'],
	hint: {label: 'remove', order: 7},
	refusal: noContainers(() => true, ''),
	nerdctl: line('rm -s'),
	run: async (context) => doEach(context, 'remove'),
};

export const downProjects: Command = {
	...common,
	id: 'projects.down',
	title: 'Down: remove containers and networks, and more if asked',
	keys: ['D'],
	hint: {label: 'down', order: 6},
	refusal: (state) => noProject(state) ?? (meantBy(state)?.services.length === 0 ? undefined : 'Select the project itself: d removes the containers of a service'),
	nerdctl: line('down'),
	run: async (context) => {
		const meant = meantBy(context.store.get());
		if (meant === undefined) return;
		const {row} = meant;
		const {name} = row.project;
		const what = await context.dialogs.choose({
			title: `Take ${name} down`,
			choices: [
				{id: 'keep', label: 'Its containers and networks', note: 'volumes and images stay', hotkey: 'c'},
				{id: 'volumes', label: 'Its volumes, too', note: 'their data is deleted', hotkey: 'v'},
				{id: 'all', label: 'Its volumes and the images built for it, too', note: 'their data is deleted', hotkey: 'a'},
			],
		});
		if (what === undefined) return;
		const [compose, project] = await Promise.all([context.services.compose.at(row.namespace), projectOf(context, row)]);
		const options = {project, removeOrphans: true, volumes: what !== 'keep', images: what === 'all' ? 'local' : 'none'} as const;
		await agreeAndDo(context, {
			row,
			title: `Take ${name} down`,
			doing: 'going down',
			done: `${name} is down`,
			danger: true,
			plan: async () => compose.down(name, options, {onEvent: () => undefined, warn: () => undefined, dryRun: true}),
			act: async (agreed, call) => compose.down(name, options, {...call, dryRun: false, agreed}),
		});
	},
};
