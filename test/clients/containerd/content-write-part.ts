import {createHash, randomBytes} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createContainerd} from '../../../source/clients/containerd/index.ts';
import type {Containerd, ContentSource} from '../../../source/clients/containerd/types.ts';
import {bytesOf, keep, type Subject} from '../../contract/subject.ts';

const namespace = `write-${process.pid}-${randomBytes(3).toString('hex')}`;

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const piecesOf = function* (bytes: Uint8Array, from = 0, step = 65_536): Generator<Uint8Array> {
	for (let start = from; start < bytes.length; start += step) yield bytes.subarray(start, start + step);
};

const breakingAt = (bytes: Uint8Array, end: number) => async function* (offset: number): AsyncGenerator<Uint8Array> {
	yield* piecesOf(bytes.subarray(0, end), offset);
	throw new Error('the source broke');
};

/** What becomes of a blob on one daemon, however the writing goes. */
export const describeContentWrite = (name: string, start: () => Promise<Subject>): void => {
	describe(`writing content on ${name}`, () => {
		let subject: Subject | undefined;
		let containerd: Containerd;
		let count = 0;

		beforeAll(async () => {
			subject = await start();
			containerd = createContainerd({address: subject.address});
		});

		afterAll(async () => {
			containerd?.close();
			await subject?.stop();
		});

		const fresh = (length = 5_000_003) => {
			const bytes = randomBytes(length);
			count += 1;
			return {bytes, blob: {ref: `ref-${count}`, totalBytes: length, expected: digestOf(bytes), labels: keep}};
		};

		const offsetOf = async (ref: string): Promise<number | undefined> => (await containerd.content.statuses(namespace)).find(one => one.ref === ref)?.offset;

		const stored = async (digest: string): Promise<Buffer> => bytesOf(containerd.content.read(namespace, digest));

		it('continues where the source broke, and loses nothing of what it gave', async () => {
			const {bytes, blob} = fresh();
			await expect(containerd.content.write(namespace, blob, breakingAt(bytes, 3_333_333))).rejects.toThrow('the source broke');
			expect(await offsetOf(blob.ref)).toBe(3_333_333);
			const offsets: number[] = [];
			const progress: number[] = [];
			const source = (offset: number): ContentSource => {
				offsets.push(offset);
				return piecesOf(bytes, offset);
			};

			// At once: the ref is free when the failure is told.
			await expect(containerd.content.write(namespace, blob, source, {onProgress: offset => progress.push(offset)})).resolves.toEqual({digest: blob.expected});
			expect(offsets).toEqual([3_333_333]);
			expect(progress[0]).toBe(3_333_333);
			expect(progress.at(-1)).toBe(bytes.length);
			expect(progress).toEqual(progress.toSorted((a, b) => a - b));
			expect((await stored(blob.expected)).equals(bytes)).toBe(true);
			expect(await offsetOf(blob.ref)).toBeUndefined();
		});

		it('asks the source for nothing when all of it is there but the commit', async () => {
			const {bytes, blob} = fresh();
			await expect(containerd.content.write(namespace, blob, breakingAt(bytes, bytes.length))).rejects.toThrow('the source broke');
			const source = (): ContentSource => expect.unreachable('everything was there');
			await expect(containerd.content.write(namespace, blob, source)).resolves.toEqual({digest: blob.expected});
		});

		it('begins again when what was left behind is something else', async () => {
			const {bytes, blob} = fresh();
			await expect(containerd.content.write(namespace, blob, breakingAt(randomBytes(2_000_000), 2_000_000))).rejects.toThrow('the source broke');
			const offsets: number[] = [];
			const source = (offset: number): ContentSource => {
				offsets.push(offset);
				return piecesOf(bytes, offset);
			};

			await expect(containerd.content.write(namespace, blob, source)).resolves.toEqual({digest: blob.expected});
			expect(offsets).toEqual([2_000_000, 0]);
			expect((await stored(blob.expected)).equals(bytes)).toBe(true);
		});

		it('begins at the start with a source that can’t continue', async () => {
			const {bytes, blob} = fresh();
			await expect(containerd.content.write(namespace, blob, breakingAt(bytes, 2_000_000)(0))).rejects.toThrow('the source broke');
			await expect(containerd.content.write(namespace, blob, piecesOf(bytes))).resolves.toEqual({digest: blob.expected});
			expect((await stored(blob.expected)).equals(bytes)).toBe(true);
		});

		it.each([
			['others', (bytes: Buffer) => [randomBytes(bytes.length)], 'digest'],
			['fewer', (bytes: Buffer) => [bytes.subarray(1)], 'size'],
			['none', () => [], 'size'],
			['more', (bytes: Buffer) => [bytes, Buffer.from('x')], 'More bytes'],
			['far more', (bytes: Buffer) => [bytes, bytes, bytes, bytes], 'More bytes'],
		])('refuses bytes when %s come than were promised, and keeps none', async (_name, wrong, words) => {
			const {bytes, blob} = fresh();
			await expect(containerd.content.write(namespace, blob, wrong(bytes))).rejects.toMatchObject({code: 'conflict', message: expect.stringContaining(words)});
			expect(await offsetOf(blob.ref)).toBeUndefined();
			await expect(containerd.content.info(namespace, blob.expected)).rejects.toMatchObject({code: 'not-found'});
		});

		it('says when somebody else holds the ref, without asking the source', async () => {
			const {bytes, blob} = fresh();
			const gate = Promise.withResolvers<void>();
			const begun = Promise.withResolvers<void>();
			const slow = async function* (): AsyncGenerator<Uint8Array> {
				begun.resolve();
				await gate.promise;
				yield* piecesOf(bytes);
			};
			const first = containerd.content.write(namespace, blob, slow());
			await begun.promise;
			const untouched = (): ContentSource => expect.unreachable('the ref is held');
			await expect(containerd.content.write(namespace, blob, untouched)).rejects.toMatchObject({code: 'unavailable', message: expect.stringContaining('locked')});
			gate.resolve();
			await expect(first).resolves.toEqual({digest: blob.expected});
			// And then it is there: nobody needs to be asked.
			await expect(containerd.content.write(namespace, blob, untouched)).resolves.toEqual({digest: blob.expected});
		});

		it('leaves what arrived when it is cancelled, for another try or for abort', async () => {
			const {bytes, blob} = fresh();
			const controller = new AbortController();
			const source = async function* (): AsyncGenerator<Uint8Array> {
				yield* piecesOf(bytes.subarray(0, 4_194_304));
				await new Promise(() => {});
			};
			const onProgress = (): void => controller.abort();
			await expect(containerd.content.write(namespace, blob, source(), {signal: controller.signal, onProgress})).rejects.toMatchObject({name: 'AbortError'});
			expect(await offsetOf(blob.ref)).toBeGreaterThan(0);
			// The daemon lets go of the ref when it notices that we left, which is not at once.
			const again = async () => containerd.content.write(namespace, blob, breakingAt(bytes, 4_500_000)).catch((error: Error) => error.message);
			await expect.poll(again, {timeout: 5000}).toBe('the source broke');
			expect(await offsetOf(blob.ref)).toBe(4_500_000);
			await containerd.content.abort(namespace, blob.ref);
			expect(await offsetOf(blob.ref)).toBeUndefined();
		});

		it('writes many at once', async () => {
			const many = Array.from({length: 8}, () => fresh(3_000_001));
			const written = await Promise.all(many.map(async ({bytes, blob}) => containerd.content.write(namespace, blob, offset => piecesOf(bytes, offset, 10_007))));
			expect(written.map(({digest}) => digest)).toEqual(many.map(({blob}) => blob.expected));
			for (const {bytes, blob} of many) expect((await stored(blob.expected)).equals(bytes)).toBe(true);
		});

		it('goes on after the daemon was killed in the middle', async () => {
			const {bytes, blob} = fresh();
			const source = async function* (): AsyncGenerator<Uint8Array> {
				yield* piecesOf(bytes.subarray(0, 3_000_000));
				await subject!.kill();
				yield* piecesOf(bytes, 3_000_000);
			};
			await expect(containerd.content.write(namespace, blob, source())).rejects.toMatchObject({code: 'unavailable'});
			await expect(containerd.content.write(namespace, blob, [bytes])).rejects.toMatchObject({code: 'unavailable', hint: expect.stringContaining('start containerd')});
			await subject!.restart();
			await expect(containerd.content.write(namespace, blob, offset => piecesOf(bytes, offset))).resolves.toEqual({digest: blob.expected});
			expect((await stored(blob.expected)).equals(bytes)).toBe(true);
		});
	});
};
