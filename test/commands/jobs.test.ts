import {expect, test} from 'vitest';
import {createJobs, type Job} from '../../source/commands/index.ts';
import type {Progress, ProgressItem} from '../../source/model/progress.ts';
import {newStore} from '../store/known.ts';

const item = (id: string, phase: ProgressItem['phase'], doneBytes: number): ProgressItem => ({id, label: id, phase, doneBytes, totalBytes: 1000});

const over = (job: Job | undefined): boolean => job?.status !== 'running';

test('a job tells the pace of the whole and of each part that moves', async () => {
	let at = 0;
	const jobs = createJobs(newStore(), () => at);
	const told = Promise.withResolvers<(progress: Progress) => void>();
	const ended = Promise.withResolvers<string>();
	jobs.start('pull', async ({report}) => {
		told.resolve(report);
		return ended.promise;
	});
	const report = await told.promise;
	report({step: 'fetching', items: [item('a', 'fetching', 0), item('b', 'done', 1000)]});
	at = 1000;
	report({step: 'fetching', items: [item('a', 'fetching', 500), item('b', 'done', 1000)]});
	expect(jobs.list()[0]).toMatchObject({sum: {doneBytes: 1500, percent: 75}, pace: {rate: 500, remainingMs: 1000}});
	expect([...(jobs.list()[0] as Job).rates]).toEqual([['a', 500]]);
	ended.resolve('pulled');
	await expect.poll(() => over(jobs.list()[0])).toBe(true);
});

test('one is cancelled, the other goes on', async () => {
	const store = newStore();
	const jobs = createJobs(store);
	const work = async ({signal}: {readonly signal: AbortSignal}): Promise<string> =>
		new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
	const first = jobs.start('first', work);
	jobs.start('second', work);
	jobs.cancel(first);
	await expect.poll(() => jobs.list().map(({title, status}) => `${title} ${status}`)).toEqual(['second running', 'first cancelled']);
	expect(store.get().notices.at(-1)?.text).toBe('Cancelled: first');
	jobs.cancelAll();
	await expect.poll(() => jobs.list().every(over)).toBe(true);
});

test('what fails says why in a sentence', async () => {
	const store = newStore();
	const jobs = createJobs(store);
	jobs.start('pull', async () => {
		throw new Error('no room');
	});
	await expect.poll(() => jobs.list()[0]).toMatchObject({status: 'failed', failure: 'no room'});
	expect(store.get().notices.at(-1)).toMatchObject({tone: 'bad', text: 'no room'});
});

test('the end waits until what was cancelled has been put away', async () => {
	const jobs = createJobs(newStore());
	const putAway: string[] = [];
	jobs.start('pull', async ({signal}) => {
		await new Promise((resolve) => signal.addEventListener('abort', resolve));
		await new Promise((resolve) => setImmediate(resolve));
		putAway.push('lease');
		throw signal.reason as Error;
	});
	await jobs.end();
	expect(putAway).toEqual(['lease']);
	expect(jobs.list()[0]?.status).toBe('cancelled');
});
