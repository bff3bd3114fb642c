import {labels} from '../../model/labels.ts';
import {displayName} from '../../model/grouping.ts';
import {isUp, statusOf} from '../../model/status.ts';
import {signalNumber} from '../../model/signal.ts';
import type {State} from '../../store/index.ts';
import {forEachTarget, namesOf, noTarget, ownerWarning, targets} from '../bulk.ts';
import type {Command, Confirmation} from '../types.ts';

const names = (state: State) => targets(state).map((container) => container.labels[labels.name] ?? container.id.slice(0, 12)).join(' ');

const allAre = (state: State, wanted: (word: string) => boolean, complaint: {readonly one: string; readonly many: string}): string | undefined => {
	const none = noTarget(state);
	if (none !== undefined) return none;
	return targets(state).some((container) => wanted(container.task?.status ?? 'none')) ? undefined : `${namesOf(targets(state))} ${targets(state).length === 1 ? complaint.one : complaint.many}`;
};

const warned = (verb: string) => (state: State): Confirmation | undefined => ownerWarning(verb, targets(state));

/** Starts what is down and stops what is up, each by what it is now: a key must not act on what a row showed a second ago. */
export const toggleContainers: Command = {
	id: 'containers.toggle',
	title: 'Start or stop',
	scope: 'containers',
	keys: ['s'],
	changes: true,
	hint: {label: 'start/stop', order: 1},
	refusal: noTarget,
	confirmation: warned('Stop'),
	nerdctl: (state) => `nerdctl ${targets(state).some(isUp) ? 'stop' : 'start'} ${names(state)}`,
	run: async (context) => {
		const chosen = targets(context.store.get());
		if (chosen.some(isUp)) await stop(context, chosen.filter(isUp));
		else await start(context, chosen);
	},
};

const start: (context: Parameters<Command['run']>[0], chosen: ReturnType<typeof targets>) => Promise<void> = async (context, chosen) =>
	forEachTarget(context, {doing: 'starting', done: 'Started'}, chosen, async (container) => context.services.containers.start(container));

const stop: typeof start = async (context, chosen) =>
	forEachTarget(context, {doing: 'stopping', done: 'Stopped'}, chosen, async (container, say) =>
		context.services.containers.stop(container, {onCountdown: (remainingMs) => say(`stopping ${Math.ceil(remainingMs / 1000)}s`)}),
	);

export const startContainers: Command = {
	id: 'containers.start',
	title: 'Start',
	scope: 'containers',
	keys: [],
	changes: true,
	refusal: (state) => allAre(state, (status) => status !== 'running' && status !== 'paused', {one: 'runs already', many: 'run already'}),
	confirmation: warned('Start'),
	nerdctl: (state) => `nerdctl start ${names(state)}`,
	run: async (context) => start(context, targets(context.store.get()).filter((container) => !isUp(container))),
};

export const stopContainers: Command = {
	id: 'containers.stop',
	title: 'Stop',
	scope: 'containers',
	keys: [],
	changes: true,
	refusal: (state) => allAre(state, (status) => status === 'running' || status === 'paused', {one: 'is not running', many: 'are not running'}),
	confirmation: warned('Stop'),
	nerdctl: (state) => `nerdctl stop ${names(state)}`,
	run: async (context) => stop(context, targets(context.store.get()).filter(isUp)),
};

export const restartContainers: Command = {
	id: 'containers.restart',
	title: 'Restart',
	scope: 'containers',
	keys: ['r'],
	changes: true,
	hint: {label: 'restart', order: 2},
	refusal: noTarget,
	confirmation: warned('Restart'),
	nerdctl: (state) => `nerdctl restart ${names(state)}`,
	run: async (context) =>
		forEachTarget(context, {doing: 'restarting', done: 'Restarted'}, targets(context.store.get()), async (container, say) =>
			context.services.containers.restart(container, {onCountdown: (remainingMs) => say(`restarting ${Math.ceil(remainingMs / 1000)}s`)}),
		),
};

export const pauseContainers: Command = {
	id: 'containers.pause',
	title: 'Pause or unpause',
	scope: 'containers',
	keys: ['p'],
	changes: true,
	refusal: (state) => allAre(state, (status) => status === 'running' || status === 'paused', {one: 'is not running', many: 'are not running'}),
	confirmation: warned('Pause'),
	nerdctl: (state) => `nerdctl ${targets(state).some((container) => container.task?.status === 'running') ? 'pause' : 'unpause'} ${names(state)}`,
	run: async (context) => {
		const chosen = targets(context.store.get()).filter(isUp);
		const running = chosen.filter((container) => container.task?.status === 'running');
		const {containers} = context.services;
		if (running.length > 0) await forEachTarget(context, {doing: 'pausing', done: 'Paused'}, running, async (container) => containers.pause(container));
		else await forEachTarget(context, {doing: 'unpausing', done: 'Unpaused'}, chosen, async (container) => containers.unpause(container));
	},
};

const offeredSignals = ['SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGSTOP', 'SIGCONT', 'SIGWINCH'];

export const killContainers: Command = {
	id: 'containers.kill',
	title: 'Kill with a signal',
	scope: 'containers',
	keys: ['ctrl-k'],
	changes: true,
	refusal: (state) => allAre(state, (status) => status === 'running' || status === 'paused', {one: 'is not running', many: 'are not running'}),
	nerdctl: (state) => `nerdctl kill --signal SIGKILL ${names(state)}`,
	run: async (context) => {
		const chosen = targets(context.store.get()).filter(isUp);
		const signal = await context.dialogs.choose({
			title: `Signal for ${namesOf(chosen)}`,
			searchable: true,
			choices: offeredSignals.map((name) => ({id: name, label: name, note: String(signalNumber(name))})),
		});
		if (signal === undefined) return;
		const number = signalNumber(signal) as number;
		await forEachTarget(context, {doing: `sending ${signal}`, done: `Sent ${signal} to`}, chosen, async (container) =>
			context.services.containers.kill(container, number),
		);
	},
};

export const removeContainers: Command = {
	id: 'containers.remove',
	title: 'Remove',
	scope: 'containers',
	keys: ['d', 'delete'],
	changes: true,
	hint: {label: 'remove', order: 6},
	refusal: noTarget,
	confirmation: (state) => {
		const chosen = targets(state);
		const up = chosen.filter(isUp);
		const owner = ownerWarning('Remove', chosen);
		return {
			title: `Remove ${namesOf(chosen)}?`,
			lines: [
				...chosen.slice(0, 8).map((container) => `${displayName(container)} · ${statusOf(container).word} · ${container.image}`),
				...(chosen.length > 8 ? [`… and ${chosen.length - 8} more`] : []),
				up.length > 0
					? `${up.length === 1 ? 'It runs' : `${up.length} of them run`} and will be killed first. The writable layer and the log are deleted.`
					: 'The writable layer and the log are deleted; anonymous volumes stay.',
				...(owner?.lines ?? []),
			],
			danger: true,
		};
	},
	nerdctl: (state) => `nerdctl rm ${targets(state).some(isUp) ? '-f ' : ''}${names(state)}`,
	run: async (context) =>
		forEachTarget(context, {doing: 'removing', done: 'Removed'}, targets(context.store.get()), async (container) =>
			context.services.containers.remove(container, {force: isUp(container)}),
		),
};

export const pruneContainers: Command = {
	id: 'containers.prune',
	title: 'Prune: remove every container that is not running',
	scope: 'containers',
	keys: [],
	changes: true,
	refusal: (state) => (down(state).length === 0 ? 'Nothing to prune: every container is running' : undefined),
	confirmation: (state) => ({
		title: `Remove ${down(state).length} stopped containers?`,
		lines: [...down(state).slice(0, 8).map((container) => `${displayName(container)} · ${statusOf(container).word}`), 'Their writable layers and logs are deleted.'],
		danger: true,
	}),
	nerdctl: () => 'nerdctl container prune',
	run: async (context) =>
		forEachTarget(context, {doing: 'removing', done: 'Removed'}, down(context.store.get()), async (container) => context.services.containers.remove(container)),
};

const down = (state: State) => [...state.containers.items.values()].filter((container) => !isUp(container));
