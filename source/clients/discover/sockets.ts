import {Failure} from '../../errors.ts';
import {machine} from './io.ts';
import {knownPlaces, type Who} from './places.ts';
import type {DiscoverIo, FileFacts, Place, Socket} from './types.ts';

const elsewhere = 'name its socket with --address';
const absent = new Set(['ENOENT', 'ENOTDIR']);
const forbidden = new Set(['EACCES', 'EPERM']);

/** The group that may write to the socket, when there is one to join: root's own is no advice. */
const groupToJoin = async ({gid, mode}: FileFacts, io: DiscoverIo): Promise<string | undefined> => {
	if (gid === 0 || (mode & 0o020) === 0) return undefined;
	const line = ((await io.readText('/etc/group')) ?? '').split('\n').find(entry => entry.split(':')[2] === String(gid));
	return line?.split(':')[0] || String(gid);
};

const failureFor = async (path: string, errno: string, facts: FileFacts | undefined, io: DiscoverIo): Promise<Failure> => {
	if (absent.has(errno)) return new Failure('unavailable', `There is no socket at ${path}`, {hint: `start containerd, or ${elsewhere}`});
	if (errno === 'ECONNREFUSED') return new Failure('unavailable', `Nobody listens at ${path}`, {hint: `start containerd, or ${elsewhere}`});
	if (errno === 'ETIMEDOUT') return new Failure('timeout', `${path} does not accept a connection`, {hint: 'see whether the daemon hangs, for example in its log'});
	if (!forbidden.has(errno)) return new Failure('unavailable', `${path} cannot be reached (${errno})`, {hint: elsewhere});
	const group = facts === undefined ? undefined : await groupToJoin(facts, io);
	return new Failure('denied', `Permission denied at ${path}`, {hint: group === undefined ? `run as root, or ${elsewhere}` : `run as root, join the group ${group}, or ${elsewhere}`});
};

/** Look at one place: is there a socket, may we, does somebody listen. Loads no gRPC, so it costs nothing before the first frame. */
export const examineSocket = async (place: Place, io: DiscoverIo = machine): Promise<Socket> => {
	const {address} = place;
	const facts = await io.stat(address);
	if ('errno' in facts) return {...place, identity: undefined, failure: await failureFor(address, facts.errno, undefined, io)};
	const {identity} = facts;
	if (!facts.isSocket) return {...place, identity, failure: new Failure('invalid', `${address} is not a socket`, {hint: elsewhere})};
	const errno = await io.connect(address);
	return {...place, identity, failure: errno === undefined ? undefined : await failureFor(address, errno, facts, io)};
};

/** All known places, in order of preference; a socket that has two paths (rootless has) is there once. */
export const findSockets = async (who: Who, io: DiscoverIo = machine): Promise<readonly Socket[]> => {
	const sockets = await Promise.all((await knownPlaces(who, io)).map(async place => examineSocket(place, io)));
	const seen = new Set<string>();
	return sockets.filter(({identity}) => {
		if (identity === undefined) return true;
		const isNew = !seen.has(identity);
		seen.add(identity);
		return isNew;
	});
};
