import {type Code, couldNot, Failure, isAbort, messageOf} from '../../errors.ts';
import {spokenTarget, type Target} from './address.ts';

type Words = {readonly code?: Code; readonly reason: string; readonly hint?: string};

const start = 'start it, or name another with --buildkit-host';
const clock = 'renew it, and look at the clock of this machine';
const untrusted: Words = {code: 'denied', reason: 'its certificate is signed by an authority that this machine does not know', hint: 'name the authority after the address: ?ca=FILE'};
const ours = 'the certificate and its key follow the address: ?cert=FILE&key=FILE';

/** errno's codes, Node's and OpenSSL's. */
const known: Readonly<Record<string, Words>> = {
	EACCES: {code: 'denied', reason: 'permission denied', hint: 'run as root, or join the group that owns the socket'},
	ENOENT: {reason: 'there is no such socket', hint: start},
	ECONNREFUSED: {reason: 'nobody listens there', hint: start},
	ENOTFOUND: {reason: 'there is no such host'},
	ECONNRESET: {reason: 'the connection was cut at once'},
	CERT_HAS_EXPIRED: {code: 'denied', reason: 'its certificate has expired', hint: clock},
	CERT_NOT_YET_VALID: {code: 'denied', reason: 'its certificate is not valid yet', hint: 'look at the clock of this machine'},
	DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
	SELF_SIGNED_CERT_IN_CHAIN: untrusted,
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
	UNABLE_TO_GET_ISSUER_CERT: untrusted,
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
	ERR_TLS_CERT_ALTNAME_INVALID: {code: 'denied', reason: 'its certificate is for another name', hint: 'say the name that it is for after the address: ?servername=NAME'},
	ERR_SSL_WRONG_VERSION_NUMBER: {code: 'invalid', reason: 'it does not speak TLS', hint: 'leave away what follows the ? of the address'},
	ERR_SSL_PACKET_LENGTH_TOO_LONG: {code: 'invalid', reason: 'it does not speak TLS', hint: 'leave away what follows the ? of the address'},
};

/** What it says when it breaks off. OpenSSL's names for the same differ between its versions: `…SSLV3_ALERT_BAD_CERTIFICATE`, `…SSL/TLS_ALERT_BAD_CERTIFICATE`. */
const alerts: ReadonlyArray<readonly [pattern: RegExp, words: Words]> = [
	[/ALERT_CERTIFICATE_REQUIRED$/, {code: 'denied', reason: 'it wants a certificate of ours', hint: ours}],
	[/ALERT_CERTIFICATE_EXPIRED$/, {code: 'denied', reason: 'it finds our certificate expired', hint: clock}],
	[/ALERT_(?:UNKNOWN_CA|.*CERTIFICATE.*|HANDSHAKE_FAILURE)$/, {code: 'denied', reason: 'it does not take our certificate', hint: ours}],
];

const wordsFor = (code: string): Words | undefined => known[code] ?? (code.startsWith('ERR_SSL_') ? alerts.find(([pattern]) => pattern.test(code))?.[1] : undefined);

/** A connection that did not come about, in a sentence. */
export const unreachable = (target: Target, error: unknown): Error => {
	if (error instanceof Failure || isAbort(error)) return error as Error;
	const {code = 'unavailable', reason = messageOf(error), hint} = wordsFor(String((error as NodeJS.ErrnoException).code ?? '')) ?? {};
	return couldNot(code, `reach BuildKit at ${spokenTarget(target)}`, reason, {cause: error, ...(hint === undefined ? {} : {hint})});
};
