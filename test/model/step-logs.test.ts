import {expect, test} from 'vitest';
import {createStepLogs} from '../../source/model/step-logs.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('lines are put together from pieces, whatever stands across two of them', () => {
	const logs = createStepLogs();
	const euro = bytes('€');
	expect(logs.push('a', bytes('one\ntw'))).toEqual(['one']);
	logs.push('a', bytes('o '));
	logs.push('a', euro.subarray(0, 1));
	expect(logs.push('a', Buffer.concat([euro.subarray(1), bytes('\r\nbar 1%\rbar 2%\n\u001b[2Jlast')]))).toEqual(['two €', 'bar 2%']);
	expect(logs.of('a')).toEqual({lines: ['one', 'two €', 'bar 2%', 'last'], dropped: 0});
	expect([logs.last('a'), logs.last('b'), logs.of('b').lines]).toEqual(['last', '', []]);
});

test('of a step that says too much the oldest goes, and is counted', () => {
	const logs = createStepLogs({stepSize: 40, size: 1000});
	for (let at = 0; at < 100; at += 1) logs.push('a', bytes(`line ${String(at).padStart(4, '0')}\n`));
	const {lines, dropped} = logs.of('a');
	expect(lines).toEqual(['line 0096'.padEnd(9), 'line 0097', 'line 0098', 'line 0099']);
	expect(dropped).toBe(96);
});

test('all together are bounded too, at the cost of who says most', () => {
	const logs = createStepLogs({stepSize: 1000, size: 60});
	logs.push('quiet', bytes('0123456789\n'));
	for (let at = 0; at < 30; at += 1) logs.push('loud', bytes('0123456789\n'));
	expect(logs.of('quiet')).toEqual({lines: ['0123456789'], dropped: 0});
	expect(logs.of('loud').lines.length + logs.of('loud').dropped).toBe(30);
	expect(logs.of('loud').lines).toHaveLength(4);
	logs.push('endless', bytes('x'.repeat(5000)));
	expect(logs.of('endless').lines[0]?.length).toBeLessThanOrEqual(1000);
});
