import {randomBytes} from 'node:crypto';
import {expect, test} from 'vitest';
import {createWaiting} from '../../../source/clients/http2/waiting.ts';

test.each([1, 7, 1000, 1024, 1025, 40_000])('what goes in comes out in its order, taken %i bytes at a time', most => {
	const waiting = createWaiting();
	const given: Buffer[] = [];
	const taken: Buffer[] = [];
	const take = (count: number): void => {
		const into = Buffer.alloc(count + 3);
		waiting.take(into, 3, count);
		taken.push(into.subarray(3));
	};
	for (let index = 0; index < 3000; index++) {
		const piece = randomBytes([5, 70, 0, 1024, 1025][index % 5]!);
		given.push(piece);
		waiting.push(piece);
		// Some always waits, in the middle of a piece as well.
		while (waiting.length() > 100_000) take(Math.min(most * 50, waiting.length() - 1));
	}

	while (waiting.length() > 0) take(Math.min(most * 500, waiting.length()));
	expect(Buffer.concat(taken).equals(Buffer.concat(given))).toBe(true);
});

test('what is cleared never comes out', () => {
	const waiting = createWaiting();
	for (const piece of ['some', 'more', 'x'.repeat(5000)]) waiting.push(Buffer.from(piece));
	waiting.take(Buffer.alloc(2), 0, 2);
	waiting.clear();
	expect(waiting.length()).toBe(0);
	waiting.push(Buffer.from('new'));
	const into = Buffer.alloc(3);
	waiting.take(into, 0, 3);
	expect(into.toString()).toBe('new');
});

test('a hundred thousand small messages come out whole', () => {
	const waiting = createWaiting();
	const message = Buffer.alloc(60, 'm');
	for (let index = 0; index < 100_000; index++) waiting.push(message);
	const into = Buffer.alloc(16_384);
	let count = 0;
	for (; waiting.length() >= into.length; count++) waiting.take(into, 0, into.length);
	expect(count).toBe(Math.floor((100_000 * 60) / 16_384));
	expect(into.every(byte => byte === 0x6d)).toBe(true);
});
