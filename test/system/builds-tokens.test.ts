import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import type {Credential} from '../../source/clients/registry/types.ts';
import {createBuilds} from '../../source/services/builds/index.ts';
import {createImages} from '../../source/services/images/index.ts';
import {makeCertificates} from '../helpers/registry/certificates.ts';
import {openClient} from '../helpers/registry/client.ts';
import {account, type DockerRegistry, hasDockerRegistry, startDockerRegistry} from '../helpers/registry/docker-registry.ts';
import {startTokenServer, type TokenServer} from '../helpers/registry/token-server.ts';
import {type BuildsBench, openBuildsBench} from './builds/bench.ts';

const why = whyNoBuilds() ?? (hasDockerRegistry() ? undefined : 'no docker-registry here');

vi.setConfig({testTimeout: 60_000});

describe.skipIf(why !== undefined)(titled('a push with a token that is fetched here', why), () => {
	let bench: BuildsBench;
	let folder: string;
	let tokens: TokenServer;
	let registry: DockerRegistry;

	beforeAll(async () => {
		bench = await openBuildsBench();
		folder = await mkdtemp(join(tmpdir(), 'gantry-tokens-'));
		const {server} = await makeCertificates(folder);
		tokens = await startTokenServer(server);
		registry = await startDockerRegistry({token: {realm: tokens.realm, service: tokens.service, issuer: tokens.issuer, certificate: server.certificate}});
	});

	afterAll(async () => {
		await registry?.stop();
		await tokens?.stop();
		await bench?.stop();
		await rm(folder, {recursive: true, force: true});
	});

	const push = async (name: string, password: string, env: Readonly<Record<string, string>> = {}): Promise<readonly (readonly string[])[]> => {
		const credential: Credential = {kind: 'basic', username: account.username, password};
		const client = openClient({credential});
		const fetched: (readonly string[])[] = [];
		const builds = createBuilds({
			...{containerd: bench.containerd, images: createImages({containerd: bench.containerd})},
			credentials: {find: async host => (host === registry.host ? credential : undefined), store: async () => ({kind: 'file', path: ''}), erase: async () => undefined},
			fetchToken: async (host, ask, options) => {
				fetched.push(ask.scopes);
				return client.fetchToken(host, ask, options);
			},
		});
		try {
			await builds.build(bench.request(`FROM scratch\nLABEL name=${name}\n`, {tags: [`${registry.host}/lab/${name}:1`], output: {kind: 'daemon', type: 'image', attrs: {push: 'true'}}, env}));
		} finally {
			await client.close();
		}

		return fetched;
	};

	test('the daemon asks for none itself, and the image is there', async () => {
		const before = tokens.seen.length;
		const fetched = await push('ours', account.password);
		expect(fetched.flat()).toContain('repository:lab/ours:pull,push');
		expect(tokens.seen.slice(before).map(({scopes}) => scopes)).toEqual(fetched);
		const reader = openClient({credential: {kind: 'basic', ...account}});
		expect(await reader.tags({domain: registry.host, path: 'lab/ours', tag: '1', digest: undefined})).toEqual(['1']);
		await reader.close();
	});

	test('unless that is not wanted', async () => {
		const before = tokens.seen.length;
		expect(await push('theirs', account.password, {BUILDKIT_NO_CLIENT_TOKEN: '1'})).toEqual([]);
		expect(tokens.seen.length).toBeGreaterThan(before);
	});

	test('a wrong password is what the build ends with', async () => {
		await expect(push('refused', 'wrong')).rejects.toThrow(/get a token for .*wrong user or password/);
	});
});
