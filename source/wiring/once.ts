import type {DashboardOptions} from './dashboard.ts';
import {createDashboard} from './dashboard.ts';
import {appearance} from './appearance.ts';
import {sentence} from '../errors.ts';
import type {State} from '../store/index.ts';
import {stripSgr} from '../model/sanitize.ts';
import {snapshotJson} from './once-json.ts';

const size = {columns: 120, rows: 40};
const patienceMs = 8000;
const quietMs = 300;

export type Printer = {readonly out: (text: string) => void; readonly error: (text: string) => void; readonly isTTY: boolean};

/** Everything that the frame shows has been heard at least once. */
const isComplete = ({connection, containers, images, snapshotters, volumes, cpuHistory}: State): boolean => {
	if (connection.status !== 'live' || containers.freshness !== 'live' || images.freshness !== 'live' || snapshotters.freshness === 'loading' || volumes.freshness === 'loading') return false;
	const isRunning = [...containers.items.values()].some((container) => container.task?.status === 'running');
	return !isRunning || cpuHistory.length >= 2;
};

const noTerminal = {
	size: () => size,
	handOver: async () => undefined,
	copy: () => undefined,
	redraw: () => undefined,
	suspend: () => undefined,
	setMouse: () => undefined,
};

/** What the dashboard would show, once, as text or JSON. Exit code 1, with a sentence, when there is no daemon to show. */
export const runOnce = async (options: DashboardOptions, {out, error, isTTY}: Printer): Promise<number> => {
	const dashboard = createDashboard(options, () => noTerminal, () => undefined);
	const {store} = dashboard;
	const settled = Promise.withResolvers<void>();
	const deadline = setTimeout(settled.resolve, patienceMs);
	let quiet: NodeJS.Timeout | undefined;
	let lastFrame = '';
	const wait = () => {
		const {connection} = store.get();
		if (connection.status === 'failed' || connection.status === 'lost') settled.resolve();
		if (!isComplete(store.get())) return;
		clearTimeout(quiet);
		quiet = setTimeout(settled.resolve, quietMs);
	};
	const unsubscribe = store.subscribe(wait);
	const {showStill} = await import('../../components/still.tsx');
	const {ascii, colour} = appearance(options);
	const still = options.flags.json
		? undefined
		: showStill(
				{
					store,
					commands: dashboard.context,
					sampler: dashboard.sampler,
					get logs() {
						return dashboard.daemon().logs;
					},
					readNetworkConfig: async (ref) => dashboard.daemon().readNetworkConfig(ref),
					keymap: dashboard.keymap,
					input: {subscribe: () => () => undefined},
					screen: {size: () => size, onResize: () => () => undefined},
					colour,
				},
				{...size, ascii},
				(frame) => {
					if (frame === lastFrame) return;
					lastFrame = frame;
					wait();
				},
			);
	const release = options.flags.json ? dashboard.sampler.hold({network: 'none'}) : undefined;
	try {
		await dashboard.connect();
		await settled.promise;
		const state = store.get();
		if (state.connection.status === 'failed' || state.connection.status === 'lost' || state.connection.status === 'connecting') {
			error(`gantry: ${state.connection.status === 'connecting' ? 'the daemon did not answer in time' : state.connection.reason}\n`);
			return 1;
		}
		if (options.flags.json) out(`${JSON.stringify(snapshotJson(state), undefined, 2)}\n`);
		else out(`${isTTY && colour ? lastFrame : stripSgr(lastFrame)}\n`);
		return 0;
	} catch (failure) {
		error(`gantry: ${sentence(failure)}\n`);
		return 1;
	} finally {
		clearTimeout(deadline);
		clearTimeout(quiet);
		unsubscribe();
		release?.();
		still?.close();
		await dashboard.close();
	}
};

