import type {Timestamp} from '../../protocol/generated/well-known.ts';

/** Go's zero time arrives as the year 1, an unset field as undefined or 0: all three mean that it has not happened. */
export const fromTimestamp = (timestamp: Timestamp | undefined): number | undefined =>
	timestamp === undefined || timestamp.seconds <= 0 ? undefined : timestamp.seconds * 1000 + Math.trunc(timestamp.nanos / 1e6);

/** What the milliseconds leave of a time: 0 to 999999. A number can't hold both. */
export const restNanos = (timestamp: Timestamp | undefined): number => (timestamp?.nanos ?? 0) % 1e6;

/** For times that are always set. */
export const epochMs = (timestamp: Timestamp | undefined): number => fromTimestamp(timestamp) ?? 0;

export const toTimestamp = (ms: number): Timestamp => ({
	seconds: Math.floor(ms / 1000),
	nanos: Math.round((ms - Math.floor(ms / 1000) * 1000) * 1e6),
});
