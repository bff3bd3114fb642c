import {expect, test} from 'vitest';
import {createPace} from '../../../../source/clients/buildkit/files/pace.ts';

test('what was slow once is left to the thread pool for a while', () => {
	let time = 0;
	const pace = createPace(() => time);
	const taking = (ms: number) => pace.atOnce(() => {
		time += ms;
	});
	taking(1);
	expect(pace.isQuick()).toBe(true);
	taking(20);
	expect(Array.from({length: 200}, () => pace.isQuick())).not.toContain(true);
	expect(pace.isQuick()).toBe(true);
	expect(() => pace.atOnce(() => {
		time += 20;
		throw new Error('gone');
	})).toThrow('gone');
	expect(pace.isQuick()).toBe(false);
});

test('others get their turn when it is time', async () => {
	let time = 0;
	const pace = createPace(() => time);
	const order: string[] = [];
	setImmediate(() => order.push('another'));
	await pace.breathe();
	order.push('at once');
	time = 9;
	await pace.breathe();
	order.push('later');
	expect(order).toEqual(['at once', 'another', 'later']);
});
