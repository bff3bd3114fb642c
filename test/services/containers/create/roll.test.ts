import {describe, expect, test} from 'vitest';
import {Failure, messageOf} from '../../../../source/errors.ts';
import {startRoll, together, togetherBefore} from '../../../../source/services/containers/create/roll.ts';

const failing = async (): Promise<never> => {
	throw new Failure('conflict', 'no');
};

describe('steps that can be taken back', () => {
	test('are taken back last first, the one that failed half-way too, and each is told when it is done', async () => {
		const done: string[] = [];
		const undone: string[] = [];
		const roll = startRoll(step => done.push(step));
		const undo = (name: string) => async () => void undone.push(name);
		expect(await roll.step('lease', async () => 7, undo('lease'))).toBe(7);
		await roll.step('image', async () => undefined);
		const error = await roll.step('name', failing, undo('name')).catch((failure: unknown) => failure);
		expect(await roll.back(error)).toBe(error);
		expect({done, undone}).toEqual({done: ['lease', 'image'], undone: ['name', 'lease']});
		await roll.back(error);
		expect(undone).toHaveLength(2);
	});

	test('what resists is named, and the others go all the same', async () => {
		const undone: string[] = [];
		const roll = startRoll(undefined);
		await roll.step('lease', async () => undefined, async () => void undone.push('lease'));
		await roll.step('snapshot', async () => undefined, failing);
		const told = await roll.back(new Failure('not-found', 'it went wrong'));
		expect(messageOf(told)).toBe('it went wrong; and not everything could be taken back (snapshot: no)');
		expect(told).toMatchObject({code: 'not-found'});
		expect(undone).toEqual(['lease']);
	});

	test('side by side the slow ones are waited for before a failure is told', async () => {
		let isDone = false;
		const slow = (async () => {
			await Promise.resolve();
			await Promise.resolve();
			isDone = true;
			return 'slow';
		})();
		await expect(together(failing(), slow)).rejects.toThrow('no');
		expect(isDone).toBe(true);
		expect(await together(Promise.resolve(1), slow)).toEqual([1, 'slow']);
	});

	test('what only a later step needs is not waited for, but when one fails', async () => {
		const {promise: later, resolve} = Promise.withResolvers<string>();
		expect(await togetherBefore(later, Promise.resolve(1))).toEqual([1]);
		let isTold = false;
		const told = togetherBefore(later, failing()).catch((error: unknown) => {
			isTold = true;
			return error;
		});
		await new Promise(setImmediate);
		expect(isTold).toBe(false);
		resolve('late');
		expect(await told).toMatchObject({code: 'conflict'});
		expect(await togetherBefore(failing(), Promise.resolve(2))).toEqual([2]);
	});
});
