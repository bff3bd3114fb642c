import type {CallOptions} from '../../clients/containerd/types.ts';
import type {Socket} from '../../clients/discover/index.ts';
import {Failure, isAbort, messageOf} from '../../errors.ts';
import {countTasks} from './count-tasks.ts';
import type {Asked, Host, Hosts} from './types.ts';

type Open = (address: string) => Asked;

/** Long enough for a busy daemon, short enough that one which hangs does not keep us from its neighbour. */
const patienceMs = 2000;

const asFailure = (error: unknown, address: string): Failure =>
	error instanceof Failure ? error : new Failure('internal', `Could not ask ${address}: ${messageOf(error)}`, {cause: error});

const ask = async ({address, owner}: Socket, open: Open, options: CallOptions): Promise<Host> => {
	const containerd = open(address);
	try {
		const {version} = await containerd.version(options);
		const counts = await countTasks(containerd, options);
		return {address, owner, version, tasks: counts.reduce((sum, {live}) => sum + live, 0)};
	} finally {
		containerd.close();
	}
};

type Refused = {readonly address: string; readonly failure: Failure; readonly isThere: boolean};

const nextStep = 'start containerd, or name its socket with --address';

/** Says what was tried. What is there but may not be used is the more likely answer than what is missing, so it decides code and hint. */
const noneFound = (refused: readonly Refused[]): Failure => {
	const likely = refused.find(({failure}) => failure.code === 'denied') ?? refused.find(({isThere}) => isThere);
	const tried = refused.map(({failure}) => failure.message).join('; ');
	return new Failure(likely?.failure.code ?? 'unavailable', refused.length === 0 ? 'No containerd was found' : `No containerd was found: ${tried}`, {
		cause: likely?.failure,
		hint: likely?.failure.hint ?? nextStep,
	});
};

/**
Of the sockets that were found, the first whose containerd has live tasks, else the first that answers. A single socket that was named
(`--address`) fails with its own reason; several that were looked for fail with one sentence about all of them.
*/
export const chooseHost = async (sockets: readonly Socket[], open: Open, options: Pick<CallOptions, 'signal'> = {}): Promise<Hosts> => {
	const answers = await Promise.all(
		sockets.map(async (socket): Promise<Host | Refused> => {
			const {address, identity, failure} = socket;
			if (failure !== undefined) return {address, failure, isThere: identity !== undefined || failure.code !== 'unavailable'};
			try {
				return await ask(socket, open, {...options, timeoutMs: patienceMs});
			} catch (error) {
				if (isAbort(error)) throw error;
				return {address, failure: asFailure(error, address), isThere: true};
			}
		}),
	);
	const hosts = answers.filter(answer => 'version' in answer);
	const refused = answers.filter(answer => 'failure' in answer);
	const chosen = hosts.find(host => host.tasks > 0) ?? hosts[0];
	if (chosen === undefined) throw refused.length === 1 && refused[0] !== undefined ? refused[0].failure : noneFound(refused);
	return {
		chosen,
		others: hosts.filter(host => host !== chosen),
		unusable: refused.filter(({isThere}) => isThere).map(({address, failure}) => ({address, failure})),
	};
};
