import {createHash, randomBytes} from 'node:crypto';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {openLayout} from '../../../../source/clients/buildkit/content/layout.ts';
import {contentHandlers} from '../../../../source/clients/buildkit/content/serve.ts';
import {ContentService, WriteAction, type WriteContentRequest} from '../../../../source/protocol/generated/content.ts';
import {peerOf} from '../peer.ts';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'gantry-layout-'));
});

afterEach(() => rmSync(folder, {recursive: true, force: true}));

const store = {'buildkit-attachable-store-id': 'local:x'};
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const put = (bytes: Uint8Array): string => {
	const digest = digestOf(bytes);
	mkdirSync(join(folder, 'blobs/sha256'), {recursive: true});
	writeFileSync(join(folder, 'blobs', digest.replace(':', '/')), bytes);
	return digest;
};

const open = () => peerOf(...contentHandlers(new Map([['local:x', openLayout(folder)]])));

const request = (more: Partial<WriteContentRequest>): Buffer =>
	ContentService.write.requestSerialize({action: WriteAction.WRITE, ref: 'r', total: 0, expected: '', offset: 0, data: new Uint8Array(0), labels: {}, ...more});

/** Everything in it but what is said to be there. */
const strangers = (): readonly string[] => readdirSync(folder, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile()).map(({name}) => name);

describe('what is in a layout', () => {
	test('is told and read, from anywhere to anywhere', async () => {
		const bytes = randomBytes(3_000_000);
		const digest = put(bytes);
		const peer = open();
		const asking = peer(ContentService.info.path, store);
		asking.send(ContentService.info.requestSerialize({digest}));
		asking.end();
		expect(ContentService.info.responseDeserialize((await asking.next())!).info).toMatchObject({digest, size: 3_000_000});
		for (const [offset, size] of [[0, 0], [1_000_000, 0], [5, 10], [2_999_999, 500], [3_000_000, 0]] as const) {
			const reading = peer(ContentService.read.path, store);
			reading.send(ContentService.read.requestSerialize({digest, offset, size}));
			reading.end();
			const pieces: Uint8Array[] = [];
			for (let message = await reading.next(); message !== undefined; message = await reading.next()) {
				const answer = ContentService.read.responseDeserialize(message);
				expect(answer.offset).toBe(offset + pieces.reduce((sum, piece) => sum + piece.length, 0));
				pieces.push(answer.data);
			}
			expect((await reading.ended).code).toBe(0);
			expect(Buffer.concat(pieces).equals(bytes.subarray(offset, size === 0 ? undefined : offset + size))).toBe(true);
		}
	});

	test.each([
		['of another store', {'buildkit-attachable-store-id': 'local:y'}, `sha256:${'0'.repeat(64)}`, 5],
		['that is not there', store, `sha256:${'0'.repeat(64)}`, 5],
		['outside it', store, 'sha256:../../../../etc/passwd', 3],
		['of another kind', store, 'md5:d41d8cd98f00b204e9800998ecf8427e', 3],
	])('%s is refused', async (_what, headers, digest, code) => {
		const peer = open();
		for (const [path, bytes] of [
			[ContentService.info.path, ContentService.info.requestSerialize({digest})],
			[ContentService.read.path, ContentService.read.requestSerialize({digest, offset: 0, size: 0})],
		] as const) {
			const call = peer(path, headers);
			call.send(bytes);
			call.end();
			expect((await call.ended).code).toBe(code);
		}
	});
});

describe('what is written into a layout', () => {
	const upload = async (requests: ReadonlyArray<Partial<WriteContentRequest>>) => {
		const call = open()(ContentService.write.path, store);
		const offsets: number[] = [];
		let digest = '';
		for (const one of requests) {
			call.send(request(one));
			const answer = await call.next();
			if (answer === undefined) break;
			const told = ContentService.write.responseDeserialize(answer);
			offsets.push(told.offset);
			digest = told.digest;
		}
		call.end();
		return {offsets, digest, code: (await call.ended).code};
	};

	const [first, second] = [Buffer.from('the first '), Buffer.from('and the second')];
	const whole = Buffer.concat([first, second]);
	const expected = digestOf(whole);

	test('is a blob when it is committed', async () => {
		const {offsets, digest, code} = await upload([
			{action: WriteAction.STAT, total: whole.length, expected},
			{data: first},
			{data: second, offset: first.length},
			{action: WriteAction.COMMIT, offset: whole.length, total: whole.length, expected},
		]);
		expect({offsets, digest, code}).toEqual({offsets: [0, first.length, whole.length, whole.length], digest: expected, code: 0});
		expect(readFileSync(join(folder, 'blobs', expected.replace(':', '/'))).equals(whole)).toBe(true);
		expect(strangers()).toEqual([expected.slice(7)]);
		expect((await upload([{action: WriteAction.STAT, expected}])).code).toBe(6);
	});

	test.each([
		['of another digest', {action: WriteAction.COMMIT, offset: first.length, total: first.length, expected}, 9],
		['of another size', {action: WriteAction.COMMIT, offset: first.length, total: 3}, 9],
		['with a gap', {data: second, offset: 500}, 3],
	])('%s is refused and leaves nothing', async (_what, last, code) => {
		expect((await upload([{action: WriteAction.STAT}, {data: first}, last])).code).toBe(code);
		expect(strangers()).toEqual([]);
	});

	test('half of it leaves nothing', async () => {
		const {code} = await upload([{action: WriteAction.STAT, expected}, {data: first}]);
		expect(code).toBe(0);
		expect(strangers()).toEqual([]);
	});
});

describe('index.json', () => {
	test('is led by tags, and keeps what others wrote', async () => {
		writeFileSync(join(folder, 'index.json'), JSON.stringify({schemaVersion: 2, manifests: [{digest: 'sha256:old', size: 1, annotations: {'org.opencontainers.image.ref.name': 'latest'}}, {digest: 'sha256:else', size: 2}]}));
		const layout = openLayout(folder);
		await layout.tag({digest: 'sha256:new', size: 3, mediaType: 'm', annotations: {a: 'b'}}, 'latest');
		expect(await layout.tagged('latest')).toEqual({digest: 'sha256:new', sizeBytes: 3, mediaType: 'm'});
		expect(await layout.tagged('other')).toBeUndefined();
		const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {manifests: ReadonlyArray<{digest: string; annotations?: object}>};
		expect(index.manifests.map(({digest}) => digest)).toEqual(['sha256:else', 'sha256:new']);
		expect(index.manifests[1]?.annotations).toEqual({a: 'b', 'org.opencontainers.image.ref.name': 'latest'});
		expect(JSON.parse(readFileSync(join(folder, 'oci-layout'), 'utf8'))).toEqual({imageLayoutVersion: '1.0.0'});
	});

	test('that is no JSON is told by its path', async () => {
		writeFileSync(join(folder, 'index.json'), '{');
		await expect(openLayout(folder).tagged('latest')).rejects.toThrow(`Could not read ${folder}/index.json`);
	});
});
