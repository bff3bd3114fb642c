import {parseBytes as parseSize} from '../request/bytes.ts';

/** A size, or -1 where that stands for no limit. Undefined for anything else. */
export const parseBytes = (text: string): number | undefined => (text.trim() === '-1' ? -1 : parseSize(text));

const unitNanoseconds: Readonly<Record<string, number>> = {
	ns: 1,
	us: 1e3,
	µs: 1e3,
	ms: 1e6,
	s: 1e9,
	m: 60e9,
	h: 3600e9,
	d: 86_400e9,
	w: 604_800e9,
};

/** `1h30m`, `500ms`, `2d`; a number alone is seconds. Undefined for anything else. */
export const parseNanoseconds = (text: string): number | undefined => {
	const trimmed = text.trim();
	if (/^\d+(?:\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 1e9);
	if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|[smhdw]))+$/.test(trimmed)) return undefined;
	let total = 0;
	for (const [, amount, unit = 's'] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|[smhdw])/g)) total += Number(amount) * (unitNanoseconds[unit] ?? 0);
	return Math.round(total);
};

export const parseMilliseconds = (text: string): number | undefined => {
	const nanoseconds = parseNanoseconds(text);
	return nanoseconds === undefined ? undefined : nanoseconds / 1e6;
};

const trimmed = (value: number, digits: number): string => String(Number(value.toFixed(digits)));

/** As Go prints a duration: `1m30s`, `500ms`, `0s`. */
export const goDurationOf = (nanoseconds: number): string => {
	if (nanoseconds === 0) return '0s';
	if (nanoseconds < 1e3) return `${nanoseconds}ns`;
	if (nanoseconds < 1e6) return `${trimmed(nanoseconds / 1e3, 3)}µs`;
	if (nanoseconds < 1e9) return `${trimmed(nanoseconds / 1e6, 6)}ms`;
	const hours = Math.floor(nanoseconds / 3600e9);
	const minutes = Math.floor((nanoseconds % 3600e9) / 60e9);
	const seconds = `${trimmed((nanoseconds % 60e9) / 1e9, 9)}s`;
	if (hours > 0) return `${hours}h${minutes}m${seconds}`;
	return minutes > 0 ? `${minutes}m${seconds}` : seconds;
};
