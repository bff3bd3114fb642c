import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {titled} from '../../../scripts/lab/possible.ts';
import {sentence} from '../../../source/errors.ts';
import {parseReference} from '../../../source/model/reference.ts';
import {troubleOf} from '../../../source/clients/registry/index.ts';
import {
	type Blob,
	collect,
	digestOf,
	failureOf,
	makeBlob,
	ociManifest,
	openClient,
	pushImage,
	type TestClient,
} from '../../helpers/registry/client.ts';
import {type DockerRegistry, hasDockerRegistry, startDockerRegistry} from '../../helpers/registry/docker-registry.ts';
import {type Fault, type Proxy, startProxy} from '../../helpers/registry/proxy.ts';

const why = hasDockerRegistry() ? undefined : 'docker-registry is not installed';

describe.skipIf(why !== undefined)(titled('a registry in trouble', why), () => {
	let registry: DockerRegistry;
	let proxy: Proxy;
	let client: TestClient;
	let layer: Blob;
	let image: Awaited<ReturnType<typeof pushImage>>;

	beforeAll(async () => {
		registry = await startDockerRegistry();
		proxy = await startProxy(registry.host);
		layer = makeBlob(3_000_000);
		const pusher = openClient();
		image = await pushImage(pusher, `${proxy.host}/lab/app:1`, layer);
		await pusher.close();
		client = openClient();
	});
	afterEach(async () => {
		proxy.setFault(() => undefined);
		await client.close();
		client = openClient();
	});
	afterAll(async () => {
		await client?.close();
		await proxy?.stop();
		await registry?.stop();
	});

	/** The next `times` requests for blobs meet the fault. */
	const onBlobs = (fault: Fault, times = Number.POSITIVE_INFINITY): void => {
		let left = times;
		proxy.setFault(({url}) => (url.includes('/blobs/') && left-- > 0 ? fault : undefined));
	};
	const fetchLayer = async (): Promise<Buffer> => collect(client.fetchBlob(image.reference, layer.descriptor));

	test.each([
		['cut', {kind: 'cut', after: 1_234_567}],
		['ended early without a length', {kind: 'truncate', after: 1_234_567}],
		['cut before the first byte', {kind: 'cut', after: 0}],
	] as const)('a body that is %s goes on where it stopped', async (_, fault) => {
		onBlobs(fault, 1);
		const before = proxy.seen.length;
		expect((await fetchLayer()).equals(layer.bytes)).toBe(true);
		const ranges = proxy.seen.slice(before).map(({headers}) => headers.range);
		expect(ranges).toHaveLength(2);
		expect(ranges[1]).toBe(fault.after === 0 ? undefined : `bytes=${fault.after}-`);
	});

	test('a body that is cut again and again is fetched all the same while it comes on', async () => {
		onBlobs({kind: 'cut', after: 400_000}, 7);
		expect((await fetchLayer()).equals(layer.bytes)).toBe(true);
	});

	test('a server that only ever cuts is given up, with longer and longer waits between', async () => {
		onBlobs({kind: 'cut', after: 0});
		expect(await failureOf(fetchLayer())).toMatchObject({code: 'unavailable'});
		expect(client.pauses).toEqual([250, 500, 1000, 2000]);
	});

	test('a server in trouble is asked five times, not five times five', async () => {
		onBlobs({kind: 'answer', status: 503});
		const before = proxy.seen.length;
		expect(await failureOf(fetchLayer())).toMatchObject({code: 'unavailable'});
		expect(proxy.seen).toHaveLength(before + 5);
	});

	test.each([
		['a wrong byte', {kind: 'corrupt', at: 2_000_000}, 'invalid', 'the bytes that came are sha256:'],
		[
			'less than promised',
			{kind: 'answer', status: 200, headers: {'content-length': '5'}, body: 'short'},
			'invalid',
			'has less than the 3000000 bytes',
		],
		['more than promised', {kind: 'answer', status: 200, body: Buffer.alloc(3_000_001)}, 'invalid', 'has more than the 3000000 bytes'],
		[
			'more without a length',
			{kind: 'answer', status: 200, headers: {'transfer-encoding': 'chunked'}, body: Buffer.alloc(3_000_001)},
			'invalid',
			'has more than the 3000000 bytes',
		],
	] as const)('a blob with %s is refused', async (_, fault, code, words) => {
		onBlobs(fault);
		const error = await failureOf(fetchLayer());
		expect(error).toMatchObject({code});
		expect(sentence(error)).toContain(words);
	});

	test('who hashes elsewhere may leave the hash, never the size', async () => {
		onBlobs({kind: 'corrupt', at: 2_000_000});
		expect(await collect(client.fetchBlob(image.reference, layer.descriptor, {verify: false}))).toHaveLength(3_000_000);
	});

	test('a manifest with a wrong byte is refused, a huge one is not read to the end', async () => {
		proxy.setFault(() => ({kind: 'corrupt', at: 5}));
		await expect(client.fetchManifest(image.reference, image.digest)).rejects.toMatchObject({code: 'invalid'});
		const huge = Buffer.alloc(10 * 1024 * 1024 + 1, 32);
		for (const headers of [{'content-length': String(huge.length)}, {'transfer-encoding': 'chunked'}] as ReadonlyArray<
			Readonly<Record<string, string>>
		>) {
			proxy.setFault(({method}) => ({kind: 'answer', status: method === 'HEAD' ? 405 : 200, headers, body: method === 'HEAD' ? '' : huge}));
			await expect(client.fetchManifest(image.reference, digestOf(huge))).rejects.toMatchObject({code: 'exhausted'});
			await expect(client.resolve(image.reference)).rejects.toMatchObject({code: 'exhausted'});
		}
	});

	test('a registry that knows no HEAD is asked with GET, and believed no more than its bytes', async () => {
		proxy.setFault(({method}) => (method === 'HEAD' ? {kind: 'answer', status: 405} : undefined));
		const {digest, manifestBytes} = await client.resolve(image.reference);
		expect([digest, Buffer.from(manifestBytes ?? [])]).toEqual([image.digest, image.manifest]);
		const lie = {'content-type': ociManifest, 'docker-content-digest': image.digest};
		proxy.setFault(({method}) => ({kind: 'answer', status: method === 'HEAD' ? 405 : 200, headers: lie, body: '{}'}));
		await expect(client.resolve(image.reference)).rejects.toMatchObject({code: 'invalid'});
		proxy.setFault(() => ({kind: 'answer', status: 200, headers: {...lie, 'content-length': '2'}}));
		await expect(client.resolve({...image.reference, digest: digestOf(Buffer.from('other'))})).rejects.toMatchObject({code: 'invalid'});
	});

	const errors = (code: string, message: string) => JSON.stringify({errors: [{code, message}]});
	test.each([
		[401, errors('UNAUTHORIZED', 'who are you'), 'denied', 'answered 401 Unauthorized: who are you', 'gantry login'],
		[403, errors('DENIED', 'not yours'), 'denied', 'answered 403 Forbidden: not yours', 'ask for access'],
		[
			404,
			errors('NAME_UNKNOWN', 'no such repository'),
			'not-found',
			'answered 404 Not Found: no such repository',
			'name of the repository',
		],
		[429, errors('TOOMANYREQUESTS', 'slow down'), 'exhausted', 'answered 429 Too Many Requests: slow down', 'wait'],
		[500, 'the disk is full\u001b]0;x\u0007', 'unavailable', 'answered 500 Internal Server Error: the disk is full', 'try again later'],
		[503, '<html><body>nginx</body></html>', 'unavailable', 'answered 503 Service Unavailable', 'try again later'],
	] as const)('%i is told with the registry’s own words and the next step', async (status, body, code, words, hint) => {
		proxy.setFault(({method}) => ({kind: 'answer', status, body: method === 'HEAD' ? '' : body}));
		const error = await failureOf(client.fetchManifest(image.reference, image.digest));
		expect(error).toMatchObject({code});
		expect((error as Error).message.endsWith(words)).toBe(true);
		expect((error as {hint: string}).hint).toContain(hint);
		expect(troubleOf(error)?.status).toBe(status);
		if (status < 429) expect(((await failureOf(client.resolve(image.reference))) as Error).message.endsWith(words)).toBe(true);
	});

	test('Retry-After is the least to wait; beyond a minute the user is told', async () => {
		let left = 2;
		proxy.setFault(() => (left-- > 0 ? {kind: 'answer', status: 429, headers: {'retry-after': '7'}} : undefined));
		expect((await client.resolve(image.reference)).digest).toBe(image.digest);
		expect(client.pauses).toEqual([7000, 7000]);
		proxy.setFault(() => ({kind: 'answer', status: 429, headers: {'retry-after': '3600'}}));
		expect(await failureOf(client.resolve(image.reference))).toMatchObject({
			code: 'exhausted',
			hint: expect.stringContaining('wait 3600 s'),
		});
		expect(client.pauses).toHaveLength(2);
	});

	test('a redirect is followed without the headers that are the registry’s', async () => {
		const storage = await startProxy(registry.host);
		try {
			proxy.setFault(({url}) =>
				url.includes('/blobs/') ? {kind: 'answer', status: 307, headers: {location: `http://${storage.host}${url}`}} : undefined,
			);
			await client.close();
			const known = openClient({credential: {kind: 'basic', username: 'bob', password: 'x'}});
			expect((await collect(known.fetchBlob(image.reference, layer.descriptor))).equals(layer.bytes)).toBe(true);
			await known.close();
			expect(storage.seen.map(({headers}) => headers.authorization)).toEqual([undefined]);
			proxy.setFault(({url}) => ({kind: 'answer', status: 307, headers: {location: url}}));
			await expect(client.resolve(image.reference)).rejects.toMatchObject({
				code: 'invalid',
				message: expect.stringContaining('in a circle'),
			});
		} finally {
			await storage.stop();
		}
	});

	test('a foreign layer comes from its own address', async () => {
		const foreign = await startProxy(registry.host);
		const bytes = Buffer.from('foreign');
		foreign.setFault(() => ({kind: 'answer', status: 200, body: bytes}));
		const descriptor = {
			mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
			digest: digestOf(bytes),
			sizeBytes: 7,
			annotations: {},
			urls: ['ftp://no', `http://${foreign.host}/layer`],
		};
		expect((await collect(client.fetchBlob(image.reference, descriptor))).toString()).toBe('foreign');
		expect(foreign.seen.map(({url}) => url)).toEqual(['/layer']);
		await foreign.stop();
	});

	test('an abort ends a request that nobody answers, and one in the middle of a body', async () => {
		proxy.setFault(() => ({kind: 'hold'}));
		const controller = new AbortController();
		const resolving = failureOf(client.resolve(image.reference, {signal: controller.signal}));
		await proxy.held;
		controller.abort();
		expect(await resolving).toMatchObject({name: 'AbortError'});
		proxy.setFault(() => undefined);
		const second = new AbortController();
		const reading = (async () => {
			for await (const _ of client.fetchBlob(image.reference, layer.descriptor, {signal: second.signal})) second.abort();
		})();
		expect(await failureOf(reading)).toMatchObject({name: 'AbortError'});
	});

	test('an upload that is cut is done all the same', async () => {
		const blob = makeBlob(4_000_000);
		let left = 1;
		proxy.setFault(({method}) => (method === 'PUT' && left-- > 0 ? {kind: 'cut-request', after: 1_500_000} : undefined));
		const reference = parseReference(`${proxy.host}/lab/cut:1`);
		expect(await client.pushBlob(reference, blob.descriptor, blob.source)).toBe('uploaded');
		expect((await collect(client.fetchBlob(reference, blob.descriptor))).equals(blob.bytes)).toBe(true);
	});

	test('nobody at the address is told at once', async () => {
		const error = await failureOf(client.resolve(parseReference('127.0.0.1:1/lab/app:1')));
		expect(error).toMatchObject({code: 'unavailable', message: expect.stringContaining('nobody listens there')});
		expect(client.pauses).toEqual([]);
	});
});
