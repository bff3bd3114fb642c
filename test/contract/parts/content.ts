import {createHash, randomBytes} from 'node:crypto';
import {expect, it} from 'vitest';
import {bytesOf, collect, keep, type Bench} from '../subject.ts';

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** More than two of the client's messages, and not a multiple of any block. */
const bytes = randomBytes(2_500_001);
const digest = digestOf(bytes);
const small = Buffer.from('{"small":true}');

const breaking = async function* (): AsyncGenerator<Uint8Array> {
	yield bytes.subarray(0, 700_000);
	throw new Error('the source broke');
};

export const contentPart = (bench: () => Bench): void => {
	const write = async (ref: string, source: Uint8Array[], expected: string) => {
		const {containerd, namespace} = bench();
		return containerd.content.write(namespace, {ref, totalBytes: source.reduce((sum, one) => sum + one.byteLength, 0), expected, labels: keep}, source);
	};

	it('writes in pieces and checks the digest', async () => {
		const {containerd: {content}, namespace} = bench();
		await expect(write('pieces', [bytes.subarray(0, 10), bytes.subarray(10)], digest)).resolves.toEqual({digest});
		const info = await content.info(namespace, digest);
		expect(info).toMatchObject({digest, sizeBytes: bytes.byteLength, labels: keep});
		expect(info.createdAt).toBeGreaterThan(Date.now() - 60_000);
	});

	it('takes what is there already for done', async () => {
		await expect(write('again', [bytes], digest)).resolves.toEqual({digest});
	});

	it('reads whole, from an offset and in part', async () => {
		const {containerd: {content}, namespace} = bench();
		expect((await bytesOf(content.read(namespace, digest))).equals(bytes)).toBe(true);
		expect((await bytesOf(content.read(namespace, digest, {offset: 2_000_000}))).equals(bytes.subarray(2_000_000))).toBe(true);
		expect((await bytesOf(content.read(namespace, digest, {offset: 5, sizeBytes: 7}))).equals(bytes.subarray(5, 12))).toBe(true);
	});

	it('reads small blobs at once and refuses long ones', async () => {
		const {containerd: {content}, namespace} = bench();
		await write('small', [small], digestOf(small));
		expect(Buffer.from(await content.readAll(namespace, digestOf(small)))).toEqual(small);
		await expect(content.readAll(namespace, digest, {maxBytes: 1000})).rejects.toMatchObject({code: 'exhausted'});
	});

	it('refuses bytes that are not what was promised', async () => {
		const {containerd: {content}, namespace} = bench();
		const promised = digestOf(Buffer.from('something else'));
		await expect(write('wrong', [Buffer.from('something')], promised)).rejects.toMatchObject({code: 'conflict', message: expect.stringContaining('digest')});
		await expect(content.info(namespace, promised)).rejects.toMatchObject({code: 'not-found'});
	});

	it('leaves a broken upload behind, takes it up again from the start, and aborts', async () => {
		const {containerd: {content}, namespace} = bench();
		const expected = digestOf(bytes.subarray(1));
		const blob = {ref: 'broken', totalBytes: bytes.byteLength - 1, expected, labels: keep};
		await expect(content.write(namespace, blob, breaking())).rejects.toThrow('the source broke');
		expect(await content.statuses(namespace)).toContainEqual(expect.objectContaining({ref: 'broken', totalBytes: bytes.byteLength - 1}));
		// The daemon lets go of the ref when it notices that we left, which is not at once.
		await expect.poll(async () => content.write(namespace, blob, [bytes.subarray(1)]).catch((error: Error) => error.message), {timeout: 5000}).toEqual({digest: expected});
		await expect(content.write(namespace, {...blob, ref: 'dropped', expected: digestOf(bytes.subarray(2))}, breaking())).rejects.toThrow('the source broke');
		await expect.poll(async () => content.abort(namespace, 'dropped').then(() => 'aborted', (error: Error) => error.message), {timeout: 5000}).toBe('aborted');
		expect((await content.statuses(namespace)).map(({ref}) => ref)).not.toContain('dropped');
	});

	it('writes an empty blob', async () => {
		const {containerd: {content}, namespace} = bench();
		const empty = digestOf(Buffer.alloc(0));
		await expect(write('empty', [], empty)).resolves.toEqual({digest: empty});
		expect((await content.readAll(namespace, empty)).byteLength).toBe(0);
	});

	it('updates labels and lists', async () => {
		const {containerd: {content}, namespace} = bench();
		const info = await content.info(namespace, digest);
		const updated = await content.update(namespace, {...info, labels: {note: 'here'}}, ['labels.note']);
		expect(updated.labels).toEqual({...keep, note: 'here'});
		const listed = await collect(content.list(namespace, {filters: ['labels.note==here']}));
		expect(listed.map(one => one.digest)).toEqual([digest]);
		expect((await collect(content.list(namespace))).length).toBeGreaterThan(1);
	});

	it('removes', async () => {
		const {containerd: {content}, namespace} = bench();
		await content.remove(namespace, digest);
		await expect(content.info(namespace, digest)).rejects.toMatchObject({code: 'not-found'});
		await expect(bytesOf(content.read(namespace, digest))).rejects.toMatchObject({code: 'not-found'});
		await expect(content.remove(namespace, digest)).rejects.toMatchObject({code: 'not-found'});
	});
};
