export type LogTime = {readonly at: number; readonly nanos: number};

/** Neighbouring lines share their second, so a second is computed once. */
let lastSecond = '';
let lastSecondAt = 0;

const secondLength = '2026-11-24T03:42:20'.length;

const secondAt = (second: string): number => {
	if (second === lastSecond) return lastSecondAt;
	const at = Date.parse(`${second}Z`);
	lastSecond = second;
	lastSecondAt = at;
	return at;
};

/** The end of the digits and their value scaled to nanoseconds. */
const fraction = (text: string, from: number): {readonly end: number; readonly nanos: number} => {
	let nanos = 0;
	let digits = 0;
	let at = from;
	for (; at < text.length; at++) {
		const digit = text.charCodeAt(at) - 48;
		if (digit < 0 || digit > 9) break;
		if (digits < 9) {
			nanos = nanos * 10 + digit;
			digits++;
		}
	}
	for (; digits < 9; digits++) nanos *= 10;
	return {end: at, nanos};
};

/** Minutes east of UTC, or undefined for anything but `Z` and `±hh:mm` at the very end. */
const zoneMinutes = (zone: string): number | undefined => {
	if (zone === 'Z' || zone === 'z') return 0;
	const parts = /^([+-])(\d\d):(\d\d)$/.exec(zone);
	if (parts === null) return undefined;
	const minutes = Number(parts[2]) * 60 + Number(parts[3]);
	return parts[1] === '-' ? -minutes : minutes;
};

/** RFC 3339 with up to nanoseconds, as Go writes it, between two indexes. Undefined when it is anything else. */
export const parseLogTime = (text: string, from: number, end: number): LogTime | undefined => {
	if (end - from < secondLength + 1 || text.charCodeAt(from + 10) !== 84) return undefined;
	const second = secondAt(text.slice(from, from + secondLength));
	if (Number.isNaN(second)) return undefined;
	let at = from + secondLength;
	let nanos = 0;
	if (text.charCodeAt(at) === 46) ({end: at, nanos} = fraction(text, at + 1));
	if (at + 1 === end && text.charCodeAt(at) === 90) return {at: second + Math.floor(nanos / 1e6), nanos};
	const zone = zoneMinutes(text.slice(at, end));
	return zone === undefined ? undefined : {at: second - zone * 60_000 + Math.floor(nanos / 1e6), nanos};
};
