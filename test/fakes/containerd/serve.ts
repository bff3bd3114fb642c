import {type Metadata, type Server, type ServerDuplexStream, type ServerUnaryCall, type ServerWritableStream, type ServiceDefinition, status, type UntypedHandleCall, type UntypedServiceImplementation} from '@grpc/grpc-js';
import type {Faults} from './faults.ts';

/** What a handler is told about its call. */
export type Context = {readonly namespace: string; readonly signal: AbortSignal};

type Definition = {
	readonly path: string;
	readonly requestStream: boolean;
	readonly responseStream: boolean;
	readonly requestDeserialize: (bytes: Buffer) => unknown;
	readonly responseSerialize: (value: never) => Buffer;
};

type RequestOf<Method> = Method extends {readonly requestDeserialize: (bytes: Buffer) => infer Request} ? Request : never;
type ResponseOf<Method> = Method extends {readonly responseSerialize: (value: infer Response) => Buffer} ? Response : never;

type Handler<Method> = Method extends {readonly requestStream: true}
	? (requests: AsyncIterable<RequestOf<Method>>, context: Context) => AsyncIterable<ResponseOf<Method>>
	: Method extends {readonly responseStream: true}
		? (request: RequestOf<Method>, context: Context) => AsyncIterable<ResponseOf<Method>>
		: (request: RequestOf<Method>, context: Context) => ResponseOf<Method> | Promise<ResponseOf<Method>>;

/** A service as plain functions: unary ones return, streaming ones are async generators; all of them throw `refusal`. */
export type Handlers<Service> = {readonly [Name in keyof Service]: Handler<Service[Name]>};

export const refusal = (code: status, details: string): Error => Object.assign(new Error(details), {code, details});
export const notFound = (what: string): Error => refusal(status.NOT_FOUND, `${what}: not found`);
export const alreadyExists = (what: string): Error => refusal(status.ALREADY_EXISTS, `${what}: already exists`);

/** Calls that are under way, so that streams can be dropped on demand. */
export type Running = Set<{readonly method: string; readonly isStream: boolean; readonly end: (error: Error) => void}>;

/** Services whose calls carry no namespace. */
const global = /\.(?:version|introspection|namespaces|health|events)\.v1\./;

const namespaceOf = (path: string, metadata: Metadata): string => {
	const [value] = metadata.get('containerd-namespace');
	if (value === undefined && !global.test(path)) throw refusal(status.FAILED_PRECONDITION, 'namespace is required: failed precondition');
	return String(value ?? '');
};

type AnyCall = ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;
type AnyHandler = (request: unknown, context: Context) => unknown;

const write = async (call: ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>, value: unknown, signal: AbortSignal): Promise<void> => {
	if (call.write(value)) return;
	await new Promise<void>(resolve => {
		call.once('drain', resolve);
		signal.addEventListener('abort', () => resolve(), {once: true});
	});
};

const adapt = (definition: Definition, handler: AnyHandler, faults: Faults, running: Running): UntypedHandleCall => {
	const method = definition.path.slice(definition.path.lastIndexOf('.') + 1).replace('/', '.');
	return ((call: AnyCall, callback?: (error: Error | null, value?: unknown) => void): void => {
		const controller = new AbortController();
		const {signal} = controller;
		const finish = (error: Error | null, value?: unknown): void => {
			if (!running.delete(entry)) return;
			controller.abort();
			if (callback !== undefined) callback(error, value);
			else if (error === null) (call as ServerWritableStream<unknown, unknown>).end();
			else call.emit('error', error);
		};

		const entry = {method, isStream: callback === undefined, end: finish};
		running.add(entry);
		(call as ServerUnaryCall<unknown, unknown>).on('cancelled', () => {
			running.delete(entry);
			controller.abort();
		});
		const answer = async (): Promise<void> => {
			const namespace = namespaceOf(definition.path, call.metadata);
			const garbage = await faults.before(method, namespace, signal);
			// A handler that stops reading must not destroy the call: its refusal still has to be sent.
			const request = definition.requestStream
				? (call as ServerDuplexStream<unknown, unknown>).iterator({destroyOnReturn: false})
				: (call as ServerUnaryCall<unknown, unknown>).request;
			if (callback !== undefined) return finish(null, garbage ?? (await handler(request, {namespace, signal})));
			const stream = call as ServerWritableStream<unknown, unknown>;
			if (garbage !== undefined) await write(stream, garbage, signal);
			else {
				for await (const value of handler(request, {namespace, signal}) as AsyncIterable<unknown>) {
					if (signal.aborted) return;
					await write(stream, value, signal);
				}
			}

			finish(null);
		};

		answer().catch((error: unknown) => finish(error as Error));
	}) as UntypedHandleCall;
};

export const serve = <Service extends Readonly<Record<string, Definition>>>(
	server: Server,
	service: Service,
	handlers: Handlers<Service>,
	{faults, running}: {readonly faults: Faults; readonly running: Running},
): void => {
	const definitions: Record<string, unknown> = {};
	const implementation: Record<string, UntypedHandleCall> = {};
	for (const [name, definition] of Object.entries(service)) {
		const serialize = definition.responseSerialize as (value: unknown) => Buffer;
		// Bytes instead of a message are sent as they are: that is how garbage gets on the wire.
		definitions[name] = {...definition, responseSerialize: (value: unknown) => (Buffer.isBuffer(value) ? value : serialize(value))};
		implementation[name] = adapt(definition, handlers[name as keyof Service] as AnyHandler, faults, running);
	}

	server.addService(definitions as ServiceDefinition, implementation as UntypedServiceImplementation);
};
