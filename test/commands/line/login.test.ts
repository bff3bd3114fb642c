import {copyFile, mkdir, mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {titled} from '../../../scripts/lab/possible.ts';
import {createRegistry, openCredentials, openHosts} from '../../../source/clients/registry/index.ts';
import {createRegistries, type RegistriesService} from '../../../source/services/registries/index.ts';
import {makeCertificates} from '../../helpers/registry/certificates.ts';
import {makeBlob, openClient, pushImage} from '../../helpers/registry/client.ts';
import {account, type DockerRegistry, hasDockerRegistry, startDockerRegistry} from '../../helpers/registry/docker-registry.ts';
import {type LineBench, openLineBench, type RunOptions} from './surroundings.ts';

const why = hasDockerRegistry() ? undefined : 'docker-registry is not installed';

describe.skipIf(why !== undefined)(titled('login, logout and search', why), () => {
	let bench: LineBench;
	let folder: string;
	let registry: DockerRegistry;
	let registries: RegistriesService;
	let close: () => Promise<void>;
	const auth = Buffer.from(`${account.username}:${account.password}`).toString('base64');

	beforeAll(async () => {
		bench = await openLineBench();
		folder = await mkdtemp(join(tmpdir(), 'gantry-login-'));
		const {ca, server} = await makeCertificates(folder);
		registry = await startDockerRegistry({tls: server, hasAccounts: true});
		await mkdir(join(folder, 'certs.d', registry.host), {recursive: true});
		await copyFile(ca, join(folder, 'certs.d', registry.host, 'ca.crt'));
		const credentials = openCredentials({home: folder, env: {}});
		const hosts = openHosts({dirs: [join(folder, 'certs.d')], insecureRegistry: false});
		const client = createRegistry({credentials, hosts, version: 'test'});
		registries = createRegistries({registry: client, credentials});
		close = client.close;
		const pusher = openClient({hosts, credential: {kind: 'basic', ...account}});
		await pushImage(pusher, `${registry.host}/lab/web:1`, makeBlob(100));
		await pusher.close();
	});
	afterAll(async () => {
		await close?.();
		await registry?.stop();
		await bench?.close();
		await rm(folder, {recursive: true, force: true});
	});
	beforeEach(async () => rm(join(folder, '.docker'), {recursive: true, force: true}));

	const run = async (argv: readonly string[], options: RunOptions = {}) => bench.run(argv, {...options, services: {registries}});
	const config = () => join(folder, '.docker/config.json');

	test('a password through stdin is kept after the registry took it, and forgotten by logout', async () => {
		const {code, out, err} = await run(['login', '-u', 'bob', '--password-stdin', registry.host], {input: `${account.password}\n`});
		expect([code, out]).toEqual([0, 'Login Succeeded\n']);
		expect(err).toContain(`stored unencrypted in ${config()}`);
		expect(JSON.parse(await readFile(config(), 'utf8'))).toEqual({auths: {[registry.host]: {auth}}});
		expect((await stat(config())).mode & 0o777).toBe(0o600);
		expect(await run(['login', registry.host])).toMatchObject({code: 0, out: 'Login Succeeded\n'});
		expect(await run(['logout', `https://${registry.host}/v2/`])).toMatchObject({
			code: 0,
			out: `Removing login credentials for https://${registry.host}/v2/\n`,
		});
		expect(JSON.parse(await readFile(config(), 'utf8'))).toEqual({auths: {}});
		expect(await run(['logout', registry.host])).toMatchObject({code: 0, out: `Not logged in to ${registry.host}\n`});
	});

	test('a password that is refused is neither kept nor shown', async () => {
		const {code, out, err} = await run(['login', '-u', 'bob', '-p', 'hunter2', registry.host]);
		expect([code, out]).toEqual([1, '']);
		expect(err).toContain('401 Unauthorized');
		expect(err).not.toContain('hunter2');
		await expect(stat(config())).rejects.toThrow();
	});

	test('a terminal is asked, and the password is not echoed', async () => {
		const modes: boolean[] = [];
		const {code, out} = await run(['login', registry.host], {
			stdin: Readable.from([Buffer.from('bux\u007fb\rs3cr'), Buffer.from('etx\b\n')], {objectMode: false}),
			terminal: {isInputTTY: true, setRawMode: raw => modes.push(raw)},
		});
		expect([code, out.replaceAll('\b \b', '<')]).toEqual([1, expect.stringContaining('Enter Username: bux<b\nEnter Password: \n')]);
		expect(out).not.toContain('s3cret');
		expect(modes).toEqual([true, false, true, false]);
	});

	test.each([
		[['login', '--password-stdin'], 'must provide --username'],
		[['login', '-u', 'bob', '-p', 'x', '--password-stdin'], 'mutually exclusive'],
		[['login'], 'no terminal to ask'],
	] as const)('%j is refused before anything is asked', async (argv, words) => {
		const {code, err} = await run(argv);
		expect(code).toBe(1);
		expect(err).toContain(words);
	});

	test('search finds in a catalog what somebody who is logged in may see', async () => {
		expect((await run(['search', `${registry.host}/we`])).err).toContain(`gantry login ${registry.host}`);
		await run(['login', '-u', 'bob', '--password-stdin', registry.host], {input: account.password});
		const {out} = await run(['search', '--format', '{{.Name}}', `${registry.host}/we`]);
		expect(out).toBe(`${registry.host}/lab/web\n`);
	});
});
