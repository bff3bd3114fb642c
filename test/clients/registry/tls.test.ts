import {copyFile, mkdir, mkdtemp, readFile, rm} from 'node:fs/promises';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {createServer, type Server} from 'node:https';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {titled} from '../../../scripts/lab/possible.ts';
import {openHosts} from '../../../source/clients/registry/index.ts';
import {parseReference} from '../../../source/model/reference.ts';
import {type Certificates, makeCertificates} from '../../helpers/registry/certificates.ts';
import {collect, failureOf, makeBlob, openClient} from '../../helpers/registry/client.ts';
import {hasDockerRegistry, startDockerRegistry} from '../../helpers/registry/docker-registry.ts';
import {startProxy} from '../../helpers/registry/proxy.ts';

let folder: string;
let certificates: Certificates;
let server: Server;
let host: string;
let answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void;

const trust = async (dir: string, name: string): Promise<void> => {
	const certs = join(folder, dir, name);
	await mkdir(certs, {recursive: true});
	await copyFile(certificates.ca, join(certs, 'ca.crt'));
	if (dir === 'without') return;
	await copyFile(certificates.client.certificate, join(certs, 'client.cert'));
	await copyFile(certificates.client.key, join(certs, 'client.key'));
};

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'gantry-tls-'));
	certificates = await makeCertificates(folder);
	const [cert, key] = await Promise.all([certificates.server.certificate, certificates.server.key].map(async path => readFile(path)));
	server = createServer({cert, key}, (incoming, outgoing) => answer(incoming, outgoing));
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	host = `127.0.0.1:${(server.address() as {port: number}).port}`;
	await trust('with', host);
});
afterAll(async () => {
	server.closeAllConnections();
	await new Promise(resolve => server.close(resolve));
	await rm(folder, {recursive: true, force: true});
});

const open = (dir: string) => openClient({hosts: openHosts({dirs: [join(folder, dir)], insecureRegistry: false})});
const reference = () => parseReference(`${host}/lab/app:1`);

const why = hasDockerRegistry() ? undefined : 'docker-registry is not installed';

test.skipIf(why !== undefined)(
	titled('a certificate of ours is shown where the registry wants one, and its lack is said', why),
	async () => {
		const registry = await startDockerRegistry({tls: certificates.server, clientAuthority: certificates.ca});
		for (const dir of ['with', 'without']) await trust(dir, registry.host);
		const [known, stranger] = [open('with'), open('without')];
		try {
			expect(await known.catalog(registry.host)).toEqual([]);
			expect(await failureOf(stranger.catalog(registry.host))).toMatchObject({hint: expect.stringContaining('client.cert')});
		} finally {
			await Promise.all([known.close(), stranger.close()]);
			await registry.stop();
		}
	},
);

test('a name is not resolved where a redirect leaves TLS; a blob, which is checked, is fetched there', async () => {
	const blob = makeBlob(1000);
	const storage = await startProxy('127.0.0.1:1');
	storage.setFault(() => ({kind: 'answer', status: 200, body: blob.bytes}));
	answer = (incoming, outgoing) => outgoing.writeHead(307, {location: `http://${storage.host}${incoming.url}`}).end();
	const client = open('with');
	expect(await failureOf(client.resolve(reference()))).toMatchObject({code: 'denied', hint: 'TLS must not be left on the way'});
	expect(storage.seen).toHaveLength(0);
	expect((await collect(client.fetchBlob(reference(), blob.descriptor))).equals(blob.bytes)).toBe(true);
	await client.close();
	await storage.stop();
});

test('a password is not sent to a token server without TLS', async () => {
	answer = (_, outgoing) => outgoing.writeHead(401, {'www-authenticate': 'Bearer realm="http://127.0.0.1:1/token",service="x"'}).end();
	const client = openClient({
		hosts: openHosts({dirs: [join(folder, 'with')], insecureRegistry: false}),
		credential: {kind: 'basic', username: 'bob', password: 'x'},
	});
	expect(await failureOf(client.resolve(reference()))).toMatchObject({
		code: 'denied',
		message: expect.stringContaining('without encryption'),
	});
	await client.close();
});
