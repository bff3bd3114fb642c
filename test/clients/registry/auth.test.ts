import {copyFile, mkdir, mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {titled} from '../../../scripts/lab/possible.ts';
import {openHosts} from '../../../source/clients/registry/index.ts';
import {type Blob, collect, failureOf, makeBlob, openClient, pushImage} from '../../helpers/registry/client.ts';
import {type Certificates, makeCertificates} from '../../helpers/registry/certificates.ts';
import {account, type DockerRegistry, hasDockerRegistry, startDockerRegistry} from '../../helpers/registry/docker-registry.ts';
import {refreshToken, startTokenServer, type TokenServer} from '../../helpers/registry/token-server.ts';
import {parseReference} from '../../../source/model/reference.ts';

const why = hasDockerRegistry() ? undefined : 'docker-registry is not installed';
const bob = {kind: 'basic', ...account} as const;
const image = (host: string) => parseReference(`${host}/lab/private:1`);

describe.skipIf(why !== undefined)(titled('who may do what', why), () => {
	let folder: string;
	let certificates: Certificates;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'gantry-auth-'));
		certificates = await makeCertificates(folder);
	});
	afterAll(async () => rm(folder, {recursive: true, force: true}));

	describe('TLS and passwords', () => {
		let registry: DockerRegistry;
		let certs: string;
		const layer = makeBlob(100_000);
		beforeAll(async () => {
			registry = await startDockerRegistry({tls: certificates.server, hasAccounts: true});
			certs = join(folder, 'certs.d');
			await mkdir(join(certs, registry.host), {recursive: true});
			await copyFile(certificates.ca, join(certs, registry.host, 'ca.crt'));
		});
		afterAll(async () => registry?.stop());
		const trusting = () => openHosts({dirs: [certs], insecureRegistry: false});

		test('an authority in docker’s certs.d and a password are enough to push and to pull', async () => {
			const client = openClient({hosts: trusting(), credential: bob});
			const {reference} = await pushImage(client, `${registry.host}/lab/private:1`, layer);
			expect((await collect(client.fetchBlob(reference, layer.descriptor))).equals(layer.bytes)).toBe(true);
			expect(await client.checkCredential(registry.host, bob)).toEqual(bob);
			await client.close();
		});

		test('without a password, and with a wrong one, the next step differs', async () => {
			const stranger = openClient({hosts: trusting()});
			expect(await failureOf(stranger.resolve(image(registry.host)))).toMatchObject({
				code: 'denied',
				message: expect.stringContaining('401 Unauthorized: authentication required'),
				hint: expect.stringContaining(`log in first: gantry login ${registry.host}`),
			});
			await stranger.close();
			const wrong = openClient({hosts: trusting(), credential: {...bob, password: 'wrong'}});
			const error = await failureOf(wrong.checkCredential(registry.host, {...bob, password: 'wrong'}));
			expect(error).toMatchObject({code: 'denied', hint: expect.stringContaining('check the user name and the password')});
			expect(String(error)).not.toContain('wrong');
			await wrong.close();
		});

		test('an unknown authority is said in words; --insecure-registry goes past it', async () => {
			const dirs = [join(folder, 'nothing')];
			const careful = openClient({
				hosts: {
					find: async host =>
						(await openHosts({dirs, insecureRegistry: true}).find(host)).map(endpoint => ({
							...endpoint,
							tls: {...endpoint.tls, skipVerify: false},
						})),
				},
				credential: bob,
			});
			expect(await failureOf(careful.resolve(image(registry.host)))).toMatchObject({
				code: 'denied',
				message: expect.stringContaining('an authority that this machine does not know'),
				hint: expect.stringContaining('ca.crt'),
			});
			await careful.close();
			const insecure = openClient({hosts: openHosts({dirs, insecureRegistry: true}), credential: bob});
			expect(await insecure.tags(image(registry.host))).toEqual(['1']);
			await insecure.close();
		});

		test('plain http to a port that speaks TLS says what to do', async () => {
			const client = openClient({credential: bob});
			expect(await failureOf(client.tags(image(registry.host)))).toMatchObject({hint: expect.stringContaining('the registry speaks TLS')});
			await client.close();
		});
	});

	test('an expired certificate is said in words, and --insecure-registry finds plain http', async () => {
		const expired = await startDockerRegistry({tls: certificates.expired});
		const plain = await startDockerRegistry();
		const ca = await readFile(certificates.ca, 'utf8');
		const trusting = {
			find: async (host: string) =>
				(await openHosts({dirs: [], insecureRegistry: true}).find(host)).map(endpoint => ({
					...endpoint,
					tls: {skipVerify: false, ca: [ca], client: undefined},
				})),
		};
		const client = openClient({hosts: trusting});
		try {
			expect(await failureOf(client.resolve(image(expired.host)))).toMatchObject({
				code: 'denied',
				message: expect.stringContaining('its certificate has expired'),
			});
			const insecure = openClient({hosts: openHosts({dirs: [], insecureRegistry: true})});
			expect(await insecure.catalog(expired.host)).toEqual([]);
			expect(await insecure.catalog(plain.host)).toEqual([]);
			await insecure.close();
		} finally {
			await client.close();
			await Promise.all([expired.stop(), plain.stop()]);
		}
	});

	describe('tokens', () => {
		let tokens: TokenServer;
		let registry: DockerRegistry;
		let layer: Blob;
		let now = Date.now();
		beforeAll(async () => {
			tokens = await startTokenServer(certificates.server);
			registry = await startDockerRegistry({
				token: {realm: tokens.realm, service: tokens.service, issuer: tokens.issuer, certificate: certificates.server.certificate},
			});
			layer = makeBlob(50_000);
			const client = openClient({credential: bob});
			await pushImage(client, `${registry.host}/lab/private:1`, layer);
			await client.close();
		});
		afterAll(async () => {
			await registry?.stop();
			await tokens?.stop();
		});
		const asked = async (work: () => Promise<unknown>) => {
			const before = tokens.seen.length;
			await work();
			return tokens.seen.slice(before);
		};

		test('a guest pulls with one token, however many blobs are under way', async () => {
			const client = openClient();
			const seen = await asked(async () => {
				await client.resolve(image(registry.host));
				await Promise.all(Array.from({length: 8}, () => collect(client.fetchBlob(image(registry.host), layer.descriptor))));
			});
			expect(seen.map(({scopes, authorization}) => [scopes, authorization])).toEqual([[['repository:lab/private:pull'], undefined]]);
			await client.close();
		});

		test('a token that runs out is asked for again, before it does where that is known', async () => {
			tokens.setLife({said: 60, real: 300});
			const client = openClient({clock: () => now});
			const seen = await asked(async () => {
				await client.resolve(image(registry.host));
				await client.resolve(image(registry.host));
				now += 58_000;
				await client.resolve(image(registry.host));
			});
			expect(seen).toHaveLength(2);
			await client.close();
		});

		test('a token that the registry no longer takes is asked for again, once', async () => {
			// docker-registry allows a minute of difference between clocks.
			tokens.setLife({said: 300, real: -120});
			const client = openClient();
			const seen = await asked(async () => {
				expect(await failureOf(client.resolve(image(registry.host)))).toMatchObject({code: 'denied'});
			});
			tokens.setLife({said: 300, real: 300});
			expect(seen.length).toBeGreaterThan(1);
			const again = await asked(async () => {
				await client.resolve(image(registry.host));
			});
			expect(again).toHaveLength(1);
			await client.close();
		});

		test('a guest may not push, and bob may, with a scope for what he mounts from', async () => {
			const guest = openClient();
			expect(await failureOf(pushImage(guest, `${registry.host}/lab/mine:1`, layer))).toMatchObject({code: 'denied'});
			await guest.close();
			const client = openClient({credential: bob});
			const target = parseReference(`${registry.host}/lab/mounted:1`);
			const seen = await asked(async () => {
				expect(await client.pushBlob(target, layer.descriptor, layer.source, {mountFrom: ['lab/private']})).toBe('mounted');
			});
			expect(seen.at(-1)?.scopes).toEqual(['repository:lab/mounted:pull,push', 'repository:lab/private:pull']);
			await client.close();
		});

		test('a wrong password is the token server’s word', async () => {
			const client = openClient({credential: {...bob, password: 'wrong'}});
			expect(await failureOf(client.resolve(image(registry.host)))).toMatchObject({
				code: 'denied',
				message: expect.stringContaining('wrong user or password'),
			});
			await client.close();
		});

		test('a login gets a token to keep, which later stands for the password in a body, never in an address', async () => {
			const client = openClient();
			const kept = await client.checkCredential(registry.host, bob);
			expect(kept).toEqual({kind: 'identity', token: refreshToken});
			await client.close();
			const later = openClient({credential: kept});
			const seen = await asked(async () => {
				await pushImage(later, `${registry.host}/lab/kept:1`, layer);
			});
			expect(seen.every(({method, authorization}) => method === 'POST' && authorization === undefined)).toBe(true);
			expect(new URLSearchParams(seen[0]?.body).get('scope')).toBe('repository:lab/kept:pull,push');
			await later.close();
		});
	});
});
