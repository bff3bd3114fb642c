import {describe, expect, test} from 'vitest';
import {createDataReader} from '../../../source/clients/containerd/content-read-frames.ts';
import {ReadContentResponse} from '../../../source/protocol/generated/content.ts';

const framed = (message: Uint8Array): Buffer => {
	const head = Buffer.alloc(5);
	head.writeUInt32BE(message.length, 1);
	return Buffer.concat([head, message]);
};

const answer = (offset: number, data: Uint8Array): Buffer => framed(ReadContentResponse.encode({offset, data}).finish());

const all = (pieces: ReadonlyArray<readonly Buffer[]>): Buffer => Buffer.concat(pieces.flat());

describe('The data of ReadContentResponses', () => {
	const first = Buffer.from('the first piece of it, longer than the second one '.repeat(6));
	const second = Buffer.from('and the rest');
	const stream = Buffer.concat([answer(0, first), answer(first.length, second), answer(first.length + second.length, new Uint8Array(0))]);
	const whole = Buffer.concat([first, second]);

	test.each(Array.from({length: stream.length}, (_, at) => at))('is the same when the bytes are cut at %i', at => {
		const reader = createDataReader();
		const found = all([reader.push(stream.subarray(0, at)), reader.push(stream.subarray(at))]);
		expect(found.equals(whole)).toBe(true);
		expect(reader.isEmpty()).toBe(true);
	});

	test('is the same when the bytes come one by one', () => {
		const reader = createDataReader();
		const found = all([...stream].map(byte => reader.push(Buffer.from([byte]))));
		expect(found.equals(whole)).toBe(true);
		expect(reader.isEmpty()).toBe(true);
	});

	test('is not copied', () => {
		const [piece] = createDataReader().push(stream);
		expect(piece?.buffer).toBe(stream.buffer);
	});

	test('stands beside fields of later versions', () => {
		const later = Buffer.concat([Buffer.from([0x18, 0x96, 0x01, 0x22, 3, 1, 2, 3]), Buffer.from(ReadContentResponse.encode({offset: 7, data: second}).finish()), Buffer.from([0x28, 1])]);
		const reader = createDataReader();
		expect(all([reader.push(framed(later))]).equals(second)).toBe(true);
		expect(reader.isEmpty()).toBe(true);
	});

	test('is not whole while something is missing', () => {
		for (let at = 1; at < answer(0, first).length; at++) {
			const reader = createDataReader();
			reader.push(stream.subarray(0, at));
			expect(reader.isEmpty(), `cut at ${at}`).toBe(false);
		}
	});

	test.each([
		['compressed', Buffer.from([1, 0, 0, 0, 2, 8, 0]), /compressed/],
		['no gRPC', Buffer.from('HTTP/1.1 400'), /no gRPC/],
		['longer than its message', Buffer.from([0, 0, 0, 0, 3, 0x12, 9, 1]), /longer than its message/],
		['a group', Buffer.from([0, 0, 0, 0, 2, 0x0b, 0x0c]), /unknown kind/],
		['a number that does not end', Buffer.from([0, 0, 0, 0, 20, ...Array<number>(20).fill(0xff)]), /does not end/],
	])('is refused when it is %s', (_, bytes, words) => {
		expect(() => createDataReader().push(bytes)).toThrow(words);
	});
});
