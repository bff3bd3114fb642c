import {type Metadata, status} from '@grpc/grpc-js';
import {type Code, Failure} from '../../errors.ts';
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
	[status.CANCELLED]: 'unavailable',
	[status.INVALID_ARGUMENT]: 'invalid',
	[status.DEADLINE_EXCEEDED]: 'timeout',
	[status.NOT_FOUND]: 'not-found',
	[status.ALREADY_EXISTS]: 'already-exists',
	[status.PERMISSION_DENIED]: 'denied',
	[status.UNAUTHENTICATED]: 'denied',
	[status.RESOURCE_EXHAUSTED]: 'exhausted',
	[status.FAILED_PRECONDITION]: 'conflict',
	[status.ABORTED]: 'conflict',
	[status.OUT_OF_RANGE]: 'invalid',
	[status.UNIMPLEMENTED]: 'unsupported',
	[status.UNAVAILABLE]: 'unavailable',
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

type StatusLike = Error & {readonly code: number; readonly details: string; readonly metadata: Metadata};

const isStatus = (error: unknown): error is StatusLike =>
	error instanceof Error && typeof (error as Partial<StatusLike>).code === 'number' && typeof (error as Partial<StatusLike>).details === 'string';

/** What a daemon answered carries its headers; what grpc-js makes up when a connection fails carries none. */
export const isAnswer = (error: unknown): boolean => isStatus(error) && error.metadata.get('content-type').length > 0;

/** No connection, or one that broke. By now the socket itself can say more about it. */
const lost = async ({path, answered}: CallContext, cause: Error): Promise<Failure> => {
	const errno = await probeSocket(path);
	if (errno !== undefined) return unreachable(errno, path, cause);
	if (answered) return new Failure('unavailable', `The connection to containerd at ${path} was lost`, {cause});
	return new Failure('unavailable', `Something listens at ${path}, but it does not speak gRPC`, {cause, hint: 'name containerd’s socket with --address'});
};

/** The one place where gRPC's status becomes our words. What is already ours passes. */
export const translate = async (error: unknown, context: CallContext): Promise<Error> => {
	if (error instanceof Failure || !isStatus(error)) return error instanceof Error ? error : new Failure('internal', String(error));
	if (error.code === status.DEADLINE_EXCEEDED) return timedOut(context, error);
	if (!isAnswer(error) && (error.code === status.UNAVAILABLE || error.code === status.CANCELLED)) return lost(context, error);

	const code = codes[error.code] ?? 'internal';
	if (code === 'unsupported') return new Failure(code, `The daemon at ${context.path} does not offer ${spoken(context.method)}`, {cause: error});
	const text = error.details === '' ? `containerd failed ${spoken(context.method)} without saying why` : error.details;
	return new Failure(code, text, {cause: error});
};
