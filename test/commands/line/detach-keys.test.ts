import {text} from 'node:stream/consumers';
import {expect, test} from 'vitest';
import {detachable, parseDetachKeys} from '../../../source/commands/line/detach-keys.ts';

test.each([
	['ctrl-p,ctrl-q', [16, 17]],
	['ctrl-@,a', [0, 97]],
	['', []],
])('%j is the bytes %j', (keys, bytes) => {
	expect(parseDetachKeys(keys)).toEqual(bytes);
});

test.each(['ctrl-', 'ctrl-pq', 'ab', 'ctrl-p,,x', 'é'])('%j is refused', keys => {
	expect(() => parseDetachKeys(keys)).toThrow('invalid detach keys');
});

const typed = async (chunks: readonly string[]): Promise<{readonly passed: string; readonly detached: number}> => {
	let detached = 0;
	const stream = detachable([16, 17], () => detached++);
	const passed = text(stream);
	for (const chunk of chunks) stream.write(Buffer.from(chunk));
	stream.end();
	return {passed: await passed, detached};
};

test.each([
	['words pass', ['hello'], {passed: 'hello', detached: 0}],
	['the keys detach, and nothing after them passes', ['ab\u0010\u0011cd'], {passed: 'ab', detached: 1}],
	['pressed one after the other', ['a', '\u0010', '\u0011'], {passed: 'a', detached: 1}],
	['the first alone is not lost', ['a\u0010b'], {passed: 'a\u0010b', detached: 0}],
	['twice the first, then the second', ['\u0010\u0010\u0011'], {passed: '\u0010', detached: 1}],
	['the beginning of them at the end', ['a\u0010'], {passed: 'a\u0010', detached: 0}],
] as const)('%s', async (_, chunks, expected) => {
	expect(await typed(chunks)).toEqual(expected);
});
