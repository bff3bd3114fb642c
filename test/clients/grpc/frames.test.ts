import {describe, expect, it} from 'vitest';
import {createFrameReader, frameHead} from '../../../source/clients/grpc/frames.ts';
import {decodeMessage, statusIn} from '../../../source/clients/grpc/status.ts';

const framed = (...messages: string[]): Buffer => Buffer.concat(messages.flatMap(message => [frameHead(Buffer.byteLength(message)), Buffer.from(message)]));

const read = (bytes: Buffer, step: number): string[] => {
	const reader = createFrameReader(1000);
	const found: string[] = [];
	for (let start = 0; start < bytes.length; start += step) found.push(...reader.push(bytes.subarray(start, start + step)).map(String));
	expect(reader.isEmpty()).toBe(true);
	return found;
};

describe('gRPC frames', () => {
	it.each([1, 2, 3, 4, 5, 6, 7, 11, 100])('are put together from pieces of %i bytes', step => {
		expect(read(framed('one', '', 'three and more', 'x'), step)).toEqual(['one', '', 'three and more', 'x']);
	});

	it('say when one is cut', () => {
		const reader = createFrameReader(1000);
		expect(reader.push(framed('cut').subarray(0, 7))).toEqual([]);
		expect(reader.isEmpty()).toBe(false);
	});

	it.each([
		['compressed', Buffer.from([1, 0, 0, 0, 1, 65]), 'compressed'],
		['text', Buffer.from('HTTP/1.1 400'), 'no gRPC'],
		['too long, by its head', Buffer.from([0, 127, 255, 255, 255]), 'more than 1000'],
	])('are refused when they are %s', (_name, bytes, words) => {
		expect(() => createFrameReader(1000).push(bytes)).toThrow(words);
	});
});

describe('a status', () => {
	it.each([
		['plain words', 'plain words'],
		['no%20such%20th%C3%ADng', 'no such thíng'],
		['100% wrong', '100% wrong'],
		['%ff%fe', '%ff%fe'],
	])('%s reads %s', (encoded, words) => {
		expect(decodeMessage(encoded)).toBe(words);
	});

	it.each([
		['5', 5],
		['16', 16],
		['abc', 2],
		['', 2],
		['-1', 2],
	])('%j is number %i', (text, code) => {
		expect(statusIn({'grpc-status': text})).toMatchObject({code, origin: 'daemon'});
	});

	it('is missing where there is none', () => {
		expect(statusIn({})).toBeUndefined();
		expect(statusIn(undefined)).toBeUndefined();
	});
});
