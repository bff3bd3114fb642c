import {Failure} from '../../errors.ts';
import type {LogRequest} from '../create-request.ts';
import {pairsOf} from './pairs.ts';

/** `labels` and `env` are names for `logs --details`: they are written down, and read from the container when its log is. */
const known = new Set(['max-size', 'max-file', 'log-path', 'labels', 'env']);
const elsewhere: Readonly<Record<string, string>> = {
	journald: 'follow the log with `logs -f` into systemd-cat',
	fluentd: 'give a program of yours as binary://',
	syslog: 'give a program of yours as binary://',
	awslogs: 'give a program of yours as binary://',
	gelf: 'give a program of yours as binary://',
	local: 'json-file rotates too: --log-opt max-size=20m',
};

/** Decimal, as Docker's max-size: `10m` is ten million. */
const isSize = (text: string): boolean => /^\d+(?:\.\d+)? ?[kmgtp]?(?:i?b)?$/i.test(text) && Number.parseFloat(text) > 0;

/** `--log-driver` and the `--log-opt`s. A driver with a scheme is a URI for the shim, and nobody here reads what goes there. */
export const parseLog = (driver: string, options: readonly string[]): LogRequest => {
	const pairs = pairsOf(options);
	if (/^[a-z][a-z\d+.-]*:/i.test(driver)) {
		if (options.length > 0) throw new Failure('invalid', `--log-opt ${options[0]} means nothing to ${driver}`, {hint: 'put options into the URI'});
		return {uri: driver};
	}
	if (driver !== 'json-file' && driver !== 'none') {
		const hint = elsewhere[driver];
		throw new Failure('invalid', `log driver ${JSON.stringify(driver)} is not supported`, {hint: hint ?? 'it is json-file, none or a URI'});
	}
	for (const [name, value] of Object.entries(pairs)) {
		if (driver === 'none' || !known.has(name)) throw new Failure('invalid', `log-opt ${JSON.stringify(name)} is not supported for driver ${driver}`, {hint: 'json-file knows max-size, max-file, log-path, labels and env'});
		if (name === 'max-size' && !isSize(value)) throw new Failure('invalid', `invalid max-size: ${JSON.stringify(value)}`, {hint: 'write it as 10m'});
		if (name === 'max-file' && !/^[1-9]\d{0,5}$/.test(value)) throw new Failure('invalid', `invalid max-file: ${JSON.stringify(value)}`, {hint: 'it is a number from 1'});
		if (name === 'log-path' && !value.startsWith('/')) throw new Failure('invalid', `invalid log-path: ${JSON.stringify(value)} is not an absolute path`);
	}
	return {driver, options: pairs};
};
