import {afterEach, expect, test} from 'vitest';
import {parseReference} from '../../../source/model/reference.ts';
import {failureOf, makeBlob, openClient} from '../../helpers/registry/client.ts';
import {startUploadServer, type UploadRules, type UploadServer} from '../../helpers/registry/upload-server.ts';

let server: UploadServer;
afterEach(async () => server.stop());

const mebibyte = 1024 * 1024;

const push = async (rules: UploadRules, size: number) => {
	server = await startUploadServer(rules);
	const client = openClient();
	const blob = makeBlob(size);
	const offsets: number[] = [];
	try {
		const pushed = await client.pushBlob(parseReference(`${server.host}/lab/app:1`), blob.descriptor, offset => {
			offsets.push(offset);
			return blob.source(offset);
		});
		return {pushed, offsets, isWhole: server.stored().equals(blob.bytes)};
	} finally {
		await client.close();
	}
};

test('a blob goes up in one request', async () => {
	expect(await push({}, mebibyte)).toEqual({pushed: 'uploaded', offsets: [0], isWhole: true});
	expect(server.seen).toEqual(['HEAD', 'POST 0', `PUT ${mebibyte}`]);
});

test('an upload that was cut goes on where the registry says it stands', async () => {
	const cutAfter = 700_000;
	expect(await push({cutAfter}, 2 * mebibyte)).toEqual({pushed: 'uploaded', offsets: [0, cutAfter], isWhole: true});
	expect(server.seen).toEqual([
		'HEAD',
		'POST 0',
		`PUT ${2 * mebibyte}`,
		'GET',
		`PATCH ${cutAfter}-${2 * mebibyte - 1} ${2 * mebibyte - cutAfter}`,
		'PUT 0',
	]);
});

test('a body that is too big for a proxy goes up in pieces', async () => {
	const [most, size] = [64 * mebibyte, 70 * mebibyte];
	expect(await push({mostBody: most}, size)).toMatchObject({pushed: 'uploaded', isWhole: true});
	expect(server.seen.filter(line => line.startsWith('PATCH'))).toEqual([
		`PATCH 0-${most - 1} ${most}`,
		`PATCH ${most}-${size - 1} ${size - most}`,
	]);
});

test('pieces that are too big as well end it', async () => {
	expect(await failureOf(push({mostBody: 1000}, mebibyte))).toMatchObject({
		code: 'exhausted',
		hint: expect.stringContaining('raise its limit'),
	});
});

test('content that ends early is told, and not sent again and again', async () => {
	server = await startUploadServer({});
	const client = openClient();
	const {descriptor, source} = makeBlob(1000);
	const longer = {...descriptor, sizeBytes: 1001};
	expect(await failureOf(client.pushBlob(parseReference(`${server.host}/lab/app:1`), longer, source))).toMatchObject({
		code: 'invalid',
		message: expect.stringContaining('ends 1 bytes early'),
	});
	await client.close();
});
