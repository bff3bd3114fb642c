import {errorCode} from '../http2/index.ts';

/** How a call ended. */
export type WireEnd = {
	/** gRPC's number. */
	readonly code: number;
	readonly details: string;
	/** The daemon said it; or the connection, the stream or we ourselves were cut; or what came is no gRPC. */
	readonly origin: 'daemon' | 'wire' | 'garbled';
	/** A google.rpc.Status that says more, when the daemon sent one. */
	readonly more?: Uint8Array;
};

/** gRPC's numbers, here again so that who speaks it by hand needs no grpc-js. */
export const code = {
	...{ok: 0, cancelled: 1, unknown: 2, invalid: 3, deadline: 4, notFound: 5, alreadyExists: 6, denied: 7, exhausted: 8},
	...{precondition: 9, aborted: 10, outOfRange: 11, unimplemented: 12, internal: 13, unavailable: 14, unauthenticated: 16},
} as const;

export const cancelled: WireEnd = {code: code.cancelled, details: 'cancelled on our side', origin: 'wire'};

export const connectionLost = (details = 'the connection was lost'): WireEnd => ({code: code.unavailable, details, origin: 'wire'});

export const notGrpc = (details: string): WireEnd => ({code: code.internal, details, origin: 'garbled'});

/** As gRPC's specification maps them. */
const ofReset: Readonly<Record<number, number>> = {
	[errorCode.refusedStream]: code.unavailable,
	[errorCode.cancel]: code.cancelled,
	[errorCode.enhanceYourCalm]: code.exhausted,
	[errorCode.inadequateSecurity]: code.denied,
};

export const resetBy = (rstCode: number): WireEnd => ({code: ofReset[rstCode] ?? code.internal, details: `the call was reset with HTTP/2 code ${rstCode}`, origin: 'wire'});

/** What stands where HTTP wants no control characters: UTF-8, percent-encoded. What is not encoded well is taken as it stands. */
export const decodeMessage = (encoded: string): string => {
	try {
		return decodeURIComponent(encoded);
	} catch {
		return encoded;
	}
};

export type AnswerHeaders = Readonly<Partial<Record<string, string>>>;

/** The status in trailers, or in headers when there is nothing but headers; undefined when there is none. */
export const statusIn = (headers: AnswerHeaders | undefined): WireEnd | undefined => {
	const status = headers?.['grpc-status'];
	if (status === undefined) return undefined;
	const details = decodeMessage(headers?.['grpc-message'] ?? '');
	const more = headers?.['grpc-status-details-bin'];
	return {
		...{code: /^\d{1,2}$/.test(status) ? Number(status) : code.unknown, details, origin: 'daemon'},
		...(more === undefined ? {} : {more: Buffer.from(more, 'base64')}),
	};
};

const ofHttp: Readonly<Record<number, number>> = {
	...{400: code.internal, 401: code.unauthenticated, 403: code.denied, 404: code.unimplemented},
	...{429: code.unavailable, 502: code.unavailable, 503: code.unavailable, 504: code.unavailable},
};

/** What is wrong with the headers of an answer without a status in them, if anything. */
export const objection = (headers: AnswerHeaders): WireEnd | undefined => {
	const http = Number(headers[':status']);
	if (http !== 200) return {code: ofHttp[http] ?? code.unknown, details: `the answer was HTTP ${http}`, origin: 'wire'};
	const type = headers['content-type'] ?? '';
	return type.startsWith('application/grpc') ? undefined : notGrpc(`the answer was ${type === '' ? 'of no content type' : type}`);
};
