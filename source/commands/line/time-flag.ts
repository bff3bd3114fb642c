import {Failure} from '../../errors.ts';

const units: Readonly<Record<string, number>> = {ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000};

/** Go's durations: `90s`, `1h30m`, `1.5h`. */
const goDuration = (text: string): number | undefined => {
	if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
	return [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce(
		(sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0),
		0,
	);
};

/** `2013-01-02`, `2013-01-02T13:23`, `2013-01-02T13:23:37.5Z`; local time when no zone is said. */
const calendarTime = (text: string): number | undefined => {
	const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
	if (match === null) return undefined;
	const [, day, hour = '00', minute = '00', second = '00', zone = ''] = match;
	const [whole = '00', fraction = ''] = second.split('.');
	const at = Date.parse(`${day}T${hour}:${minute}:${whole}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`);
	return Number.isNaN(at) ? undefined : at;
};

/** `--since` and `--until` as docker reads them: a time, seconds since 1970, or a span back from now. Epoch ms. */
export const timeOf = (flag: string, text: string | undefined, now: number): number | undefined => {
	if (text === undefined || text === '') return undefined;
	const span = goDuration(text);
	if (span !== undefined) return now - span;
	if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
	const at = calendarTime(text);
	if (at === undefined)
		throw new Failure('invalid', `invalid value for --${flag}: ${JSON.stringify(text)}`, {
			hint: 'give a time such as 2024-05-01T12:00:00Z or a span such as 42m',
		});
	return at;
};
