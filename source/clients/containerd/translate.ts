import {type Code, Failure} from '../../errors.ts';
import {code as grpc, type WireEnd} from '../grpc/index.ts';
import {probeSocket} from './socket.ts';

/** What the call knew when it failed. */
export type CallContext = {
	readonly path: string;
	/** gRPC's method path, `/package.Service/Method`. */
	readonly method: string;
	readonly timeoutMs: number | undefined;
	/** Whether this address has ever answered us: a socket that never did is perhaps not containerd's. */
	readonly answered: boolean;
};

const codes: Readonly<Partial<Record<number, Code>>> = {
	[grpc.cancelled]: 'unavailable',
	[grpc.invalid]: 'invalid',
	[grpc.deadline]: 'timeout',
	[grpc.notFound]: 'not-found',
	[grpc.alreadyExists]: 'already-exists',
	[grpc.denied]: 'denied',
	[grpc.unauthenticated]: 'denied',
	[grpc.exhausted]: 'exhausted',
	[grpc.precondition]: 'conflict',
	[grpc.aborted]: 'conflict',
	[grpc.outOfRange]: 'invalid',
	[grpc.unimplemented]: 'unsupported',
	[grpc.unavailable]: 'unavailable',
};

/** `/containerd.services.tasks.v1.Tasks/List` reads `Tasks.List`. */
const spoken = (method: string): string => method.slice(method.lastIndexOf('.', method.lastIndexOf('/')) + 1).replace('/', '.');

export const timedOut = ({path, method, timeoutMs}: CallContext, cause?: unknown): Failure =>
	new Failure('timeout', `containerd at ${path} did not answer ${spoken(method)} within ${(timeoutMs ?? 0) / 1000} s`, {
		cause,
		hint: 'see whether the daemon hangs, for example in its log',
	});

export const garbled = ({path, method}: CallContext, cause: unknown): Failure =>
	new Failure('internal', `What ${path} answered to ${spoken(method)} is not what containerd answers`, {
		cause,
		hint: 'check that --address names containerd’s socket',
	});

export const aborted = (signal: AbortSignal | undefined): Error => {
	const reason: unknown = signal?.reason;
	return reason instanceof Error && reason.name === 'AbortError' ? reason : new DOMException('The operation was aborted', 'AbortError');
};

/** `sun_path` of Linux, without its closing zero. */
const maxPathBytes = 107;

/** What each errno of a connection attempt means for the person who typed the address. */
export const unreachable = (errno: string, path: string, cause: unknown): Failure => {
	if (path === '') return new Failure('invalid', 'The address of containerd is empty', {cause, hint: 'name its socket with --address'});
	if (errno === 'EACCES' || errno === 'EPERM') {
		return new Failure('denied', `Permission denied at ${path}`, {cause, hint: 'run as root, join the group that owns the socket, or name another with --address'});
	}

	if (errno === 'ENOENT' || errno === 'ENOTDIR') {
		return new Failure('unavailable', `There is no socket at ${path}`, {cause, hint: 'start containerd, or name its socket with --address'});
	}

	if (Buffer.byteLength(path) > maxPathBytes) {
		return new Failure('invalid', `${path} is longer than the ${maxPathBytes} bytes that a socket’s path can have`, {cause, hint: 'name a shorter path with --address'});
	}

	if (errno === 'ECONNREFUSED') {
		return new Failure('unavailable', `Nobody listens at ${path}`, {cause, hint: 'start containerd, or name its socket with --address'});
	}

	return new Failure('unavailable', `${path} cannot be reached (${errno})`, {cause, hint: 'name containerd’s socket with --address'});
};

/** No connection, or one that broke. By now the socket itself can say more about it. */
const lost = async ({path, answered}: CallContext, cause: Error): Promise<Failure> => {
	const errno = await probeSocket(path);
	if (errno !== undefined) return unreachable(errno, path, cause);
	if (answered) return new Failure('unavailable', `The connection to containerd at ${path} was lost`, {cause});
	return new Failure('unavailable', `Something listens at ${path}, but it does not speak gRPC`, {cause, hint: 'name containerd’s socket with --address'});
};

/** The one place where gRPC's status becomes our words. */
export const failureOf = async (end: WireEnd, context: CallContext): Promise<Failure> => {
	const cause = new Error(`${end.code}: ${end.details}`);
	if (end.origin === 'garbled') return garbled(context, new Error(end.details));
	if (end.code === grpc.deadline) return timedOut(context, cause);
	if (end.origin === 'wire' && (end.code === grpc.unavailable || end.code === grpc.cancelled)) return lost(context, cause);
	const code = codes[end.code] ?? 'internal';
	if (code === 'unsupported') return new Failure(code, `The daemon at ${context.path} does not offer ${spoken(context.method)}`, {cause});
	return new Failure(code, end.details === '' ? `containerd failed ${spoken(context.method)} without saying why` : end.details, {cause});
};
