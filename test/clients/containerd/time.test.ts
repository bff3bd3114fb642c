import {describe, expect, it} from 'vitest';
import {epochMs, fromTimestamp, toTimestamp} from '../../../source/clients/containerd/time.ts';

describe('timestamps', () => {
	it.each([
		['an unset one', undefined, undefined],
		['Go’s zero time', {seconds: -62_135_596_800, nanos: 0}, undefined],
		['the epoch, which protobuf does not tell from unset', {seconds: 0, nanos: 0}, undefined],
		['a real one', {seconds: 1_700_000_000, nanos: 123_999_999}, 1_700_000_000_123],
	])('read %s', (_name, timestamp, ms) => {
		expect(fromTimestamp(timestamp)).toBe(ms);
		expect(epochMs(timestamp)).toBe(ms ?? 0);
	});

	it('survive the way there and back', () => {
		expect(fromTimestamp(toTimestamp(1_700_000_000_987))).toBe(1_700_000_000_987);
	});
});
