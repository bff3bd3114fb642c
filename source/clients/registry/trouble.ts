import {type Code, couldNot, Failure, isAbort, messageOf} from '../../errors.ts';
import {plain} from '../../model/sanitize.ts';
import type {Trouble} from './types.ts';

/** The registry's answer behind a failure; undefined when it gave none. */
export const troubleOf = (error: unknown): Trouble | undefined => {
	for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof Refusal) return at.trouble;
	return undefined;
};

/** Carries the answer as a `cause`: a plain object would be printed as `[object Object]` by whoever logs causes. */
class Refusal extends Error {
	override readonly name = 'Refusal';
	readonly trouble: Trouble;

	constructor(trouble: Trouble) {
		super(`${trouble.host} answered ${trouble.status}`);
		this.trouble = trouble;
	}
}

const mostWords = 300;

const readErrors = (body: string): Trouble['errors'] => {
	try {
		const value: unknown = JSON.parse(body);
		const list = typeof value === 'object' && value !== null ? (value as {errors?: unknown}).errors : undefined;
		if (Array.isArray(list))
			return list.slice(0, 10).map((entry: {code?: unknown; message?: unknown; detail?: unknown}) => ({
				code: safe(entry?.code),
				message: safe(entry?.message) || safe(entry?.detail),
			}));
		const details = (value as {details?: unknown; detail?: unknown; message?: unknown} | null) ?? {};
		const message = safe(details.details) || safe(details.detail) || safe(details.message);
		return message === '' ? [] : [{code: '', message}];
	} catch {
		// Not JSON: some proxies answer with a line of text. A web page says nothing to anybody.
		const text = safe(body);
		return text === '' || /<[a-z!/]/i.test(text) ? [] : [{code: '', message: text}];
	}
};

const safe = (value: unknown): string => (typeof value === 'string' ? plain(value).trim().slice(0, mostWords) : '');

const names: Readonly<Record<number, string>> = {
	400: 'Bad Request',
	401: 'Unauthorized',
	403: 'Forbidden',
	404: 'Not Found',
	405: 'Method Not Allowed',
	413: 'Payload Too Large',
	416: 'Range Not Satisfiable',
	429: 'Too Many Requests',
	500: 'Internal Server Error',
	502: 'Bad Gateway',
	503: 'Service Unavailable',
	504: 'Gateway Timeout',
};

const codes: Readonly<Record<number, Code>> = {
	401: 'denied',
	403: 'denied',
	404: 'not-found',
	405: 'unsupported',
	408: 'timeout',
	409: 'conflict',
	413: 'exhausted',
	429: 'exhausted',
	501: 'unsupported',
	504: 'timeout',
};

const codeOf = (status: number): Code => codes[status] ?? (status >= 500 ? 'unavailable' : 'invalid');

const hintOf = ({status, host, retryAfterMs, errors}: Trouble, hasCredential: boolean): string | undefined => {
	if (status === 401)
		return hasCredential
			? `check the user name and the password, then log in again: gantry login ${host}`
			: `log in first: gantry login ${host}; many registries say this of repositories that do not exist, too`;
	if (status === 403) return `ask for access to the repository, or log in as somebody who has it: gantry login ${host}`;
	if (status === 404)
		return errors.some(({code}) => code === 'NAME_UNKNOWN')
			? 'check the name of the repository'
			: 'check the name and the tag; a private repository may need a login';
	if (status === 429) {
		const wait = retryAfterMs === undefined ? 'wait a while' : `wait ${Math.ceil(retryAfterMs / 1000)} s`;
		return hasCredential ? `${wait}, then try again` : `${wait}, then try again; limits are often higher after gantry login ${host}`;
	}
	if (status === 413) return 'the registry, or a proxy before it, takes no body of this size: raise its limit';
	if (status >= 500) return 'the fault is on the registry: try again later, and look into its log if it is yours';
	if (status === 400 && errors.some(({message}) => message.includes('HTTP request to an HTTPS server')))
		return `the registry speaks TLS: use --insecure-registry, or describe it in a hosts.toml`;
	return undefined;
};

export type Refused = {
	readonly status: number;
	readonly host: string;
	readonly body: string;
	readonly retryAfterMs: number | undefined;
	readonly hasCredential: boolean;
};

/** `action` completes "Could not …". */
export const refused = (action: string, {status, host, body, retryAfterMs, hasCredential}: Refused): Failure => {
	const trouble: Trouble = {status, host, errors: readErrors(body), retryAfterMs};
	const words = trouble.errors
		.map(({code, message}) => (message === '' ? code : message))
		.filter(text => text !== '')
		.join('; ');
	const name = names[status] === undefined ? '' : ` ${names[status]}`;
	const hint = hintOf(trouble, hasCredential);
	return couldNot(codeOf(status), action, `${host} answered ${status}${name}${words === '' ? '' : `: ${words}`}`, {
		cause: new Refusal(trouble),
		...(hint === undefined ? {} : {hint}),
	});
};

type Words = {readonly code: Code; readonly text: string; readonly hint?: string};

const untrusted: Words = {
	code: 'denied',
	text: 'its certificate is signed by an authority that this machine does not know',
	hint: 'put the authority into certs.d/<host>/ca.crt or name it as `ca` in hosts.toml; --insecure-registry skips the check',
};
const notTls: Words = {
	code: 'invalid',
	text: 'it does not speak TLS',
	hint: 'use --insecure-registry for plain http, or write http:// in a hosts.toml',
};
const clientCertificate: Words = {
	code: 'denied',
	text: 'it broke off the TLS handshake; it may want a certificate from us',
	hint: 'put client.cert and client.key into certs.d/<host>/, or name them as `client` in hosts.toml',
};

/** OpenSSL's names for these differ between its versions: `…SSLV3_ALERT_BAD_CERTIFICATE`, `…SSL/TLS_ALERT_BAD_CERTIFICATE`. */
const certificateAlert = /^ERR_SSL_.*ALERT_(?:.*CERTIFICATE.*|HANDSHAKE_FAILURE)$/;

/** Node's and OpenSSL's codes, in words. */
const network: Readonly<Record<string, Words>> = {
	CERT_HAS_EXPIRED: {
		code: 'denied',
		text: 'its certificate has expired',
		hint: 'renew the certificate, and look at the clock of this machine',
	},
	CERT_NOT_YET_VALID: {code: 'denied', text: 'its certificate is not valid yet', hint: 'look at the clock of this machine'},
	DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
	SELF_SIGNED_CERT_IN_CHAIN: untrusted,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
	UNABLE_TO_GET_ISSUER_CERT: untrusted,
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
	CERT_UNTRUSTED: untrusted,
	ERR_TLS_CERT_ALTNAME_INVALID: {
		code: 'denied',
		text: 'its certificate is for another name',
		hint: 'use the name that the certificate is for',
	},
	ERR_SSL_WRONG_VERSION_NUMBER: notTls,
	ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
	ERR_SSL_HTTP_REQUEST: notTls,
	ENOTFOUND: {code: 'unavailable', text: 'no such host', hint: 'check the name of the registry and the DNS of this machine'},
	EAI_AGAIN: {code: 'unavailable', text: 'its name can not be looked up now', hint: 'check the DNS of this machine'},
	ECONNREFUSED: {code: 'unavailable', text: 'nobody listens there', hint: 'check the port, and that the registry runs'},
	EHOSTUNREACH: {code: 'unavailable', text: 'there is no way to it'},
	ENETUNREACH: {code: 'unavailable', text: 'there is no way to its network'},
	ECONNRESET: {code: 'unavailable', text: 'the connection was cut'},
	EPIPE: {code: 'unavailable', text: 'the connection was cut'},
	UND_ERR_SOCKET: {code: 'unavailable', text: 'the connection was cut'},
	UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {code: 'unavailable', text: 'the connection was cut'},
	ETIMEDOUT: {code: 'timeout', text: 'no answer came in time'},
	UND_ERR_CONNECT_TIMEOUT: {code: 'timeout', text: 'no connection came about in time'},
	UND_ERR_HEADERS_TIMEOUT: {code: 'timeout', text: 'no answer came in time'},
	UND_ERR_BODY_TIMEOUT: {code: 'timeout', text: 'it fell silent in the middle of its answer'},
};

/** A connection to several addresses fails with one error per address: the first one's code tells enough. */
export const networkCode = (error: unknown): string | undefined => {
	for (let at: unknown = error; at instanceof Error; at = at.cause) {
		if (at instanceof Failure) continue;
		const {code, errors} = at as {code?: unknown; errors?: unknown};
		if (Array.isArray(errors) && errors.length > 0) return networkCode(errors[0]);
		if (typeof code === 'string') return code;
	}
	return undefined;
};

const passing: ReadonlySet<string> = new Set([
	'EAI_AGAIN',
	'ECONNRESET',
	'EPIPE',
	'ETIMEDOUT',
	'UND_ERR_SOCKET',
	'UND_ERR_CONNECT_TIMEOUT',
	'UND_ERR_HEADERS_TIMEOUT',
	'UND_ERR_BODY_TIMEOUT',
	'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/** Worth another try: what a network or a busy registry does now and then. A refused connection is not: mirrors must fail fast. */
export const isPassing = (error: unknown): boolean => {
	if (isAbort(error)) return false;
	const trouble = troubleOf(error);
	if (trouble !== undefined) return trouble.status === 408 || trouble.status === 429 || (trouble.status >= 500 && trouble.status !== 501);
	const code = networkCode(error);
	return code !== undefined && (passing.has(code) || code.startsWith('HPE_'));
};

export const isNotTls = (error: unknown): boolean => network[networkCode(error) ?? ''] === notTls;

/**
Over TLS 1.3 a server refuses a missing certificate after the handshake, and undici tells its alert as an end before the first byte.
Such a cut stays one that is tried again; only its hint differs.
*/
const endedUnheard = (error: unknown): boolean =>
	networkCode(error) === 'UND_ERR_SOCKET' && (error as {socket?: {bytesRead?: unknown}}).socket?.bytesRead === 0;

/** What undici threw, as a `Failure`; those and aborts pass. */
export const unreachable = (action: string, host: string, error: unknown, isTls = false): Error => {
	if (error instanceof Failure || isAbort(error)) return error as Error;
	const code = networkCode(error) ?? '';
	const words = network[code] ??
		(certificateAlert.test(code) ? clientCertificate : undefined) ?? {code: 'unavailable' as const, text: plain(messageOf(error))};
	const hint = words.hint ?? (isTls && endedUnheard(error) ? `if it wants a certificate from us, ${clientCertificate.hint}` : undefined);
	return couldNot(words.code, action, `${host} can not be used: ${words.text}`, {
		cause: error,
		...(hint === undefined ? {} : {hint}),
	});
};
