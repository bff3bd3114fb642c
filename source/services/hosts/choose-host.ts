import type {CallOptions} from '../../clients/containerd/types.ts';
import type {Socket} from '../../clients/discover/index.ts';
import {Failure, isAbort, messageOf} from '../../errors.ts';
import {countTasks} from './count-tasks.ts';
import type {Asked, Host, Hosts} from './types.ts';

type Open = (address: string) => Asked;

/** Long enough for a busy daemon, short enough that one which hangs does not keep us from its neighbour. */
const patienceMs = 2000;

const notContainerd = (address: string, cause: unknown): Failure =>
	new Failure('invalid', `What listens at ${address} is not containerd: ${messageOf(cause)}`, {cause, hint: "name containerd's socket with --address"});

const asFailure = (error: unknown, address: string): Failure => {
	if (!(error instanceof Failure)) return new Failure('internal', `Could not ask ${address}: ${messageOf(error)}`, {cause: error});
	return error.code === 'unsupported' || error.code === 'internal' ? notContainerd(address, error) : error;
};

const ask = async ({address, owner}: Socket, open: Open, options: CallOptions): Promise<Host> => {
	const containerd = open(address);
	try {
		const {version} = await containerd.version(options);
		const counts = await countTasks(containerd, options);
		return {address, owner, version, tasks: counts.reduce((sum, {live}) => sum + live, 0)};
	} catch (error) {
		if (isAbort(error)) throw error;
		throw asFailure(error, address);
	} finally {
		containerd.close();
	}
};

/** Says what was tried. What is there but may not be used is the more likely answer than what is missing, so it decides the hint. */
const noneFound = (failures: ReadonlyArray<{readonly address: string; readonly failure: Failure}>): Failure => {
	const worst = failures.find(({failure}) => failure.code === 'denied') ?? failures.find(({failure}) => failure.code !== 'unavailable') ?? failures[0];
	const missing = failures.every(({failure}) => failure.code === 'unavailable');
	const tried = failures.map(({failure}) => failure.message).join('; ');
	return new Failure(worst?.failure.code ?? 'unavailable', failures.length === 0 ? 'No containerd was found' : `No containerd was found: ${tried}`, {
		cause: worst?.failure,
		hint: missing ? 'start containerd, or name its socket with --address' : (worst?.failure.hint ?? 'name its socket with --address'),
	});
};

/**
Of the sockets that were found, the first whose containerd has live tasks, else the first that answers. A single socket that was named
(`--address`) fails with its own reason; several that were looked for fail with one sentence about all of them.
*/
export const chooseHost = async (sockets: readonly Socket[], open: Open, options: Pick<CallOptions, 'signal'> = {}): Promise<Hosts> => {
	const answers = await Promise.all(
		sockets.map(async (socket): Promise<Host | {readonly address: string; readonly failure: Failure}> => {
			if (socket.failure !== undefined) return {address: socket.address, failure: socket.failure};
			try {
				return await ask(socket, open, {...options, timeoutMs: patienceMs});
			} catch (error) {
				if (!(error instanceof Failure)) throw error;
				return {address: socket.address, failure: error};
			}
		}),
	);
	const hosts = answers.filter(answer => 'version' in answer);
	const failures = answers.filter(answer => 'failure' in answer);
	const chosen = hosts.find(host => host.tasks > 0) ?? hosts[0];
	if (chosen === undefined) throw failures.length === 1 && failures[0] !== undefined ? failures[0].failure : noneFound(failures);
	const absent = new Set(sockets.filter(socket => socket.identity === undefined && socket.failure?.code === 'unavailable').map(socket => socket.address));
	return {chosen, others: hosts.filter(host => host !== chosen), unusable: failures.filter(({address}) => !absent.has(address))};
};
