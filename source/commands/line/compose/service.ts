import type {Operation, Plan} from '../../../model/compose/plan/index.ts';
import type {ComposeService, OperationEvent} from '../../../services/compose/index.ts';
import {isAbort} from '../../../errors.ts';
import {clean, print} from '../output.ts';
import type {BuildRequest} from '../../../services/builds/types.ts';
import type {Surroundings} from '../types.ts';

type BuildAndTell = (context: Surroundings, request: Omit<BuildRequest, 'address' | 'stdout'>, call: {readonly signal?: AbortSignal; readonly isQuiet: boolean}) => Promise<void>;

/** Several may be built side by side: their steps are lines on stderr, none drawn over another. */
const buildAndTell: BuildAndTell = async (context, request, {isQuiet, ...call}) => {
	const [{findBuildkit}, {buildOutputView, troubleLines}, {troubleOf}] = await Promise.all([
		import('../buildkit-host.ts'),
		import('../build-output.ts'),
		import('../../../services/builds/index.ts'),
	]);
	const {services, stdout, stderr, terminal, clock} = context;
	const view = buildOutputView('plain', {to: stderr, terminal: {...terminal, isTTY: false}, clock});
	try {
		await services.builds.build({...request, address: await findBuildkit(context, undefined), stdout}, {...call, ...(isQuiet ? {} : {onStatus: view.onStatus})});
	} catch (error) {
		const trouble = isAbort(error) ? undefined : troubleOf(error);
		if (trouble !== undefined) stderr.write(troubleLines(trouble, view.lastLines(trouble.vertex)).map(line => `${line}\n`).join(''));
		throw error;
	} finally {
		if (!isQuiet) view.end();
	}
};

/** Loaded with the verbs that change a project: `config` needs none of it. */
export const composeOf = async (context: Surroundings, {quietBuilds = false}: {readonly quietBuilds?: boolean} = {}): Promise<ComposeService> => {
	const {global, services, containerd, sleep} = context;
	const {createCompose} = await import('../../../services/compose/index.ts');
	const {address, dataRoot, namespace, snapshotter, cgroupManager} = global;
	return createCompose({
		address,
		dataRoot,
		place: {namespace, snapshotter, cgroupManager},
		containerd,
		containers: services.containers,
		images: services.images,
		networks: services.networks,
		volumes: services.volumes,
		build: async (request, call) => buildAndTell(context, request, {...call, isQuiet: quietBuilds}),
		sleep,
	});
};

export type Told = {readonly onEvent: (event: OperationEvent) => void; readonly warn: (warning: string) => void};

const done = (operation: Operation, seconds: string): string => {
	const {action} = operation;
	return action.kind === 'wait for' ? `${action.name}: ${action.condition.replaceAll('_', ' ')} after ${seconds} s` : `${action.kind} ${action.name}: done in ${seconds} s`;
};

/** A line on stderr for each operation when it is over, and for what should be known. */
export const teller = ({stderr, terminal, clock}: Pick<Surroundings, 'stderr' | 'terminal' | 'clock'>): Told => {
	const started = new Map<number, number>();
	const say = (text: string): void => void stderr.write(`${clean(text, {terminal})}\n`);
	return {
		warn: warning => say(`warning: ${warning}`),
		onEvent: ({operation, phase}) => {
			if (phase === 'started') started.set(operation.id, clock());
			else if (phase === 'done') say(done(operation, ((clock() - (started.get(operation.id) ?? clock())) / 1000).toFixed(1)));
		},
	};
};

/** `--dry-run`: the plan in the words that a person confirms it in. */
export const printDryRun = async (context: Pick<Surroundings, 'stdout' | 'terminal'>, plan: Plan): Promise<number> => {
	const {printPlan} = await import('../../../model/compose/plan/index.ts');
	await print(context, printPlan(plan));
	return 0;
};
