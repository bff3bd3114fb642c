import {describe, expect, test} from 'vitest';
import {bytesMessageHead, createBytesReader} from '../../../source/clients/buildkit/session/bytes-message.ts';

const framed = (...payloads: readonly Buffer[]): Buffer => Buffer.concat(payloads.flatMap(payload => [bytesMessageHead(payload.length), payload]));

const sizes = [0, 1, 127, 128, 16_384, 300_000, 0, 5];
const payloads = sizes.map((size, index) => Buffer.alloc(size, index + 1));

describe('bytes in messages', () => {
	test.each([1, 2, 3, 7, 4096, 1_000_000])('come out as they went in, cut every %i bytes', step => {
		const reader = createBytesReader();
		const bytes = framed(...payloads);
		const found: Buffer[] = [];
		for (let at = 0; at < bytes.length; at += step) found.push(...reader.push(bytes.subarray(at, at + step)));
		expect(Buffer.concat(found).equals(Buffer.concat(payloads))).toBe(true);
		expect(reader.isWithin()).toBe(false);
	});

	test('parts of a message are there before it is whole', () => {
		const reader = createBytesReader();
		expect(reader.push(framed(Buffer.from('hello')).subarray(0, 9)).map(String)).toEqual(['he']);
		expect(reader.isWithin()).toBe(true);
	});

	test.each([
		['compressed', Buffer.from([1, 0, 0, 0, 0]), 'compressed'],
		['another field', Buffer.from([0, 0, 0, 0, 2, 0x12, 0]), 'a field of tag 18'],
		['a length beyond the message', Buffer.from([0, 0, 0, 0, 3, 0x0a, 2, 0, 0]), '2 bytes in a message that has 1'],
		['a length without end', Buffer.from([0, 0, 0, 0, 99, 0x0a, 255, 255, 255, 255, 255, 255]), 'without end'],
	])('are refused: %s', (_what, bytes, words) => {
		expect(() => createBytesReader().push(bytes)).toThrow(words);
	});
});
