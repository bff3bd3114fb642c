import {messageOf} from '../errors.ts';
import {type Container, containerKey} from '../model/container.ts';
import {displayName} from '../model/grouping.ts';
import {ownerOf} from '../model/namespace.ts';
import type {Row, State} from '../store/index.ts';
import {targetRows} from '../store/rows/index.ts';
import {notify} from './runner.ts';
import type {Confirmation, Context} from './types.ts';

/** The containers a row stands for: itself, a group's members, a project's. */
const containersOf = (row: Row): readonly Container[] => {
	switch (row.kind) {
		case 'container':
			return [row.container];
		case 'group':
			return row.members;
		case 'project':
			return row.project.services.flatMap((service) => service.containers);
		case 'service':
			return row.service.containers;
		default:
			return [];
	}
};

/** What a container command acts on: the marked rows or the selected one, each container once. */
export const targets = (state: State): readonly Container[] => {
	const found = new Map<string, Container>();
	for (const row of targetRows(state, state.view.pane)) for (const container of containersOf(row)) found.set(containerKey(container), container);
	return [...found.values()];
};

export const noTarget = (state: State): string | undefined => (targets(state).length === 0 ? 'Select a container first' : undefined);

/** `web`, `web and api`, or `5 containers`. */
export const namesOf = (containers: readonly Container[]): string => {
	const [first, second] = containers;
	if (first === undefined) return 'nothing';
	if (second === undefined) return displayName(first);
	return containers.length === 2 ? `${displayName(first)} and ${displayName(second)}` : `${containers.length} containers`;
};

/** Another program keeps its own books of these: changing them behind its back asks first. */
export const ownerWarning = (verb: string, containers: readonly Container[]): Confirmation | undefined => {
	const owners = new Set(containers.map((container) => ownerOf(container.namespace)).filter((owner) => owner !== undefined));
	if (owners.size === 0) return undefined;
	const owner = [...owners].join(' and ');
	return {
		title: `${verb} ${namesOf(containers)}?`,
		lines: [`This namespace belongs to ${owner}, which keeps its own books:`, `${verb.toLowerCase()} it there unless ${owner} is gone.`],
		danger: true,
	};
};

/**
Do one thing to each, all at once; one failure never stops the rest. Each row shows the verb while it runs, and the result names every
failure.
*/
export const forEachTarget = async (
	context: Context,
	verb: {readonly doing: string; readonly done: string},
	containers: readonly Container[],
	act: (container: Container, say: (doing: string) => void) => Promise<void>,
): Promise<void> => {
	const {store} = context;
	const failures: Array<{readonly container: Container; readonly message: string}> = [];
	await Promise.all(
		containers.map(async (container) => {
			const key = containerKey(container);
			const say = (doing: string) => store.dispatch({type: 'pending-changed', key, verb: doing});
			say(verb.doing);
			try {
				await act(container, say);
			} catch (error) {
				failures.push({container, message: messageOf(error)});
			} finally {
				store.dispatch({type: 'pending-changed', key, verb: undefined});
			}
		}),
	);
	const succeeded = containers.length - failures.length;
	const summary = `${verb.done} ${succeeded} of ${containers.length}`;
	const [first, second] = failures;
	if (first === undefined) {
		if (succeeded > 0) notify(store, 'good', `${verb.done} ${namesOf(containers)}`);
	} else if (second === undefined) notify(store, 'bad', succeeded > 0 ? `${summary} · ${first.message}` : first.message);
	else {
		// The screen has one line for messages: it names all who failed, and the list of messages has every reason.
		for (const {message} of failures) notify(store, 'bad', message);
		notify(store, 'bad', `${summary} · not ${failures.map(({container}) => displayName(container)).join(' and ')} · ctrl-n says why`);
	}
};
