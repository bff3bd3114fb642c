import {status} from '@grpc/grpc-js';
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

/** What each errno of a connection attempt means for the person who typed the address. */
const unreachable = (errno: string, path: string, cause: unknown): Failure => {
	if (errno === 'EACCES' || errno === 'EPERM') {
		return new Failure('denied', `Permission denied at ${path}`, {cause, hint: 'run as root, join the group that owns the socket, or name another with --address'});
	}

	if (errno === 'ENOENT' || errno === 'ENOTDIR') {
		return new Failure('unavailable', `There is no socket at ${path}`, {cause, hint: 'start containerd, or name its socket with --address'});
	}

	if (errno === 'ECONNREFUSED') {
		return new Failure('unavailable', `Nobody listens at ${path}`, {cause, hint: 'start containerd, or name its socket with --address'});
	}

	return new Failure('unavailable', `${path} cannot be reached (${errno})`, {cause, hint: 'name containerd’s socket with --address'});
};

type StatusLike = Error & {readonly code: number; readonly details: string};

const isStatus = (error: unknown): error is StatusLike =>
	error instanceof Error && typeof (error as Partial<StatusLike>).code === 'number' && typeof (error as Partial<StatusLike>).details === 'string';

/** Failures that only a daemon can have sent; the others are also what gRPC says when nobody is there. */
export const isAnswer = (error: unknown): boolean =>
	isStatus(error) && ![status.UNAVAILABLE, status.CANCELLED, status.DEADLINE_EXCEEDED, status.UNKNOWN, status.INTERNAL].includes(error.code);

/** The one place where gRPC's status becomes our words. What is already ours passes. */
export const translate = async (error: unknown, context: CallContext): Promise<Error> => {
	if (error instanceof Failure || !isStatus(error)) return error instanceof Error ? error : new Failure('internal', String(error));
	if (error.code === status.DEADLINE_EXCEEDED) return timedOut(context, error);
	if (error.code === status.UNAVAILABLE) {
		const errno = await probeSocket(context.path);
		if (errno !== undefined) return unreachable(errno, context.path, error);
		if (!context.answered) {
			return new Failure('unavailable', `Something listens at ${context.path}, but it does not speak gRPC`, {cause: error, hint: 'name containerd’s socket with --address'});
		}
	}

	const code = codes[error.code] ?? 'internal';
	if (code === 'unsupported') return new Failure(code, `The daemon at ${context.path} does not offer ${spoken(context.method)}`, {cause: error});
	const text = error.details === '' ? `containerd failed ${spoken(context.method)} without saying why` : error.details;
	return new Failure(code, text, {cause: error});
};
