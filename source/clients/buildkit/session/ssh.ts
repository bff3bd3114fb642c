import {connect, type Socket} from 'node:net';
import {once} from 'node:events';
import {couldNot, Failure, messageOf} from '../../../errors.ts';
import {plain} from '../../../model/sanitize.ts';
import {SSHService} from '../../../protocol/generated/buildkit-ssh.ts';
import {type Handler, type ServerCall, unaryHandler} from '../../grpc/index.ts';
import {bytesMessageHead, createBytesReader} from './bytes-message.ts';

/** Sockets of ssh-agents by the names that a build has for them. */
export type Agents = ReadonlyMap<string, string>;

const socketOf = (agents: Agents, id: string): string => {
	const socket = agents.get(id || 'default');
	if (socket === undefined) throw new Failure('not-found', `there is no ssh agent called ${plain(id || 'default')} for this build`, {hint: 'give one with --ssh'});
	return socket;
};

const connected = async (path: string): Promise<Socket> => {
	const socket = connect({path});
	try {
		await once(socket, 'connect');
		return socket;
	} catch (error) {
		socket.destroy();
		throw couldNot('unavailable', `reach the ssh agent at ${path}`, messageOf(error), {cause: error, hint: 'see whether it runs'});
	}
};

/** gRPC's head is part of the pieces, so that a message goes out as one. */
const sendRaw = (call: ServerCall, bytes: Buffer): void => call.send(bytesMessageHead(bytes.length).subarray(5), bytes);

const forward = async (call: ServerCall, agent: Socket): Promise<void> => {
	const reader = createBytesReader();
	const onAbort = (): void => void agent.destroy();
	call.signal.addEventListener('abort', onAbort, {once: true});
	const answers = (async () => {
		for await (const bytes of agent as AsyncIterable<Buffer>) {
			await call.room();
			sendRaw(call, bytes);
		}
	})();
	const requests = (async () => {
		for await (const pieces of call.pieces()) {
			for (const piece of pieces) for (const part of reader.push(piece)) agent.write(part);
		}

		agent.end();
	})();
	try {
		// Whichever side has nothing more to say ends it, as closing a connection to an agent does.
		await Promise.race([answers, requests.then(async () => answers)]);
	} finally {
		call.signal.removeEventListener('abort', onAbort);
		agent.destroy();
		requests.catch(() => {});
		answers.catch(() => {});
	}
};

/** Keys stay where they are: what a step in a build says to its agent goes to ours, and comes back. */
export const sshHandlers = (agents: Agents): ReadonlyArray<readonly [string, Handler]> => [
	unaryHandler(SSHService.checkAgent, async ({id}) => {
		socketOf(agents, id);
		return {};
	}),
	[
		SSHService.forwardAgent.path,
		async call => {
			const [id = ''] = call.metadata.get('buildkit.ssh.id') ?? [];
			await forward(call, await connected(socketOf(agents, id)));
		},
	],
];
