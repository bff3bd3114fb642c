/**
Numbers for people. The compact forms are for panes (at most four cells for bytes and spans, so that columns never move); the others
print byte for byte what nerdctl prints through docker's go-units, because scripts read them.
*/
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const compactUnits = ['B', 'K', 'M', 'G', 'T', 'P', 'E'] as const;

/** Powers of 1024: `31M`, `1.2G`. Never `1023M`, which would be five cells: from a thousand on the next unit is used. */
export const bytes = (count: number): string => {
	let value = Math.max(0, count);
	let unit = 0;
	while (value >= 999.5 && unit < compactUnits.length - 1) {
		value /= 1024;
		unit++;
	}
	const digits = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
	return `${digits}${compactUnits[unit]}`;
};

/** C's `%.4g` for 0.1 ≤ value < 10000. Go rounds an exact tie to even, `toPrecision` rounds it up. */
const fourDigits = (value: number): string => {
	const tie = /^([\d.]+)50*$/.exec(value.toPrecision(50));
	const lower = tie?.[1] ?? '';
	if (lower.replace('.', '').length === 4 && Number(lower.replace(/\.$/, '').at(-1)) % 2 === 0) return String(Number(lower));
	return String(Number(value.toPrecision(4)));
};

const scaled = (count: number, base: number, units: readonly string[]): string => {
	let value = count;
	let unit = 0;
	while (value >= base && unit < units.length - 1) {
		value /= base;
		unit++;
	}
	return `${fourDigits(value)}${units[unit]}`;
};

/** go-units `BytesSize`: `1.5MiB`. */
export const binaryBytes = (count: number): string => scaled(count, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']);

/** go-units `HumanSize`: `12.3kB`. */
export const decimalBytes = (count: number): string => scaled(count, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']);

/** The largest whole unit, rounded down: `12s`, `2m`, `3h`, `5d`, `3y`. */
export const duration = (milliseconds: number): string => {
	const span = Math.max(0, milliseconds);
	if (span < minute) return `${Math.floor(span / second)}s`;
	if (span < hour) return `${Math.floor(span / minute)}m`;
	if (span < day) return `${Math.floor(span / hour)}h`;
	if (span < 1000 * day) return `${Math.floor(span / day)}d`;
	return `${Math.floor(span / (365 * day))}y`;
};

/** go-units `HumanDuration`, whose hours round and whose other units truncate. */
export const goDuration = (milliseconds: number): string => {
	const seconds = Math.trunc(milliseconds / second);
	const minutes = Math.trunc(milliseconds / minute);
	const hours = Math.trunc(milliseconds / hour + 0.5);
	if (seconds < 1) return 'Less than a second';
	if (seconds === 1) return '1 second';
	if (seconds < 60) return `${seconds} seconds`;
	if (minutes === 1) return 'About a minute';
	if (minutes < 60) return `${minutes} minutes`;
	if (hours === 1) return 'About an hour';
	if (hours < 48) return `${hours} hours`;
	if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
	if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
	if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
	return `${Math.trunc(milliseconds / hour / 24 / 365)} years`;
};

/** As nerdctl says it: `2 hours ago`. A clock that runs behind ours makes no negative span. */
export const ago = (at: number, now: number): string => `${goDuration(Math.max(0, now - at))} ago`;

/** As a pane says it: `2h`. */
export const age = (at: number, now: number): string => duration(now - at);

/** 100 is one core or the whole. Whole numbers on purpose: a digit that changes each second is bytes on the wire. */
export const percent = (value: number): string => (Number.isFinite(value) ? `${Math.round(Math.max(0, value))}%` : '-');
