import {expect, test} from 'vitest';
import {signalName, signalNumber, signals} from '../../source/model/signal.ts';

test.each([
	['SIGTERM', 15],
	['term', 15],
	['sigkill', 9],
	['15', 15],
	[' HUP ', 1],
	['IOT', 6],
	['SIGRTMIN', 34],
	['RTMIN+3', 37],
	['SIGRTMAX-1', 63],
	['RTMAX', 64],
	['RTMIN+31', undefined],
	['0', undefined],
	['65', undefined],
	['999', undefined],
	['', undefined],
	['SIG', undefined],
	['toString', undefined],
	['CONSTRUCTOR', undefined],
	['TERM; rm', undefined],
])('%j is %j', (text, number) => {
	expect(signalNumber(text)).toBe(number);
});

test.each([
	[9, 'SIGKILL'],
	[34, 'SIGRTMIN'],
	[37, 'SIGRTMIN+3'],
	[64, 'SIGRTMAX'],
	[33, '33'],
])('%i is called %s', (number, name) => {
	expect(signalName(number)).toBe(name);
});

test('every name leads back to its number', () => {
	for (const {name, number} of signals) expect([signalNumber(name), signalName(number)]).toEqual([number, name]);
});
