import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {holdLock, isLocked, withLock} from '../../../source/clients/host/flock.ts';

const dir = mkdtempSync(join(tmpdir(), 'gantry-flock-'));
afterAll(() => rmSync(dir, {recursive: true}));

test('a lock is seen while it is held, and asking for it takes nothing away', async () => {
	expect(await isLocked(dir)).toBe(false);
	const release = await holdLock(dir);
	expect(await isLocked(dir)).toBe(true);
	await expect(withLock(dir, async () => undefined, {patienceSeconds: 0})).rejects.toMatchObject({code: 'timeout'});
	await release();
	expect(await isLocked(dir)).toBe(false);
	expect(await withLock(dir, async () => 'mine')).toBe('mine');
});

test('a call that is given up says so', async () => {
	await withLock(dir, async () => {
		await expect(holdLock(dir, {signal: AbortSignal.abort()})).rejects.toMatchObject({name: 'AbortError'});
	});
});
