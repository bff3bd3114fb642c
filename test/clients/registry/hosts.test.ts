import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {openHosts} from '../../../source/clients/registry/index.ts';

let dir: string;
beforeEach(async () => {
	dir = await mkdtemp(join(tmpdir(), 'gantry-hosts-'));
});
afterEach(async () => rm(dir, {recursive: true, force: true}));

const put = async (path: string, text: string): Promise<void> => {
	await mkdir(dirname(join(dir, path)), {recursive: true});
	await writeFile(join(dir, path), text);
};
const find = async (host: string, insecureRegistry = false) => openHosts({dirs: [dir], insecureRegistry}).find(host);
const bases = async (host: string, insecureRegistry = false) => (await find(host, insecureRegistry)).map(({base}) => base);

describe('where a registry is', () => {
	test.each([
		['docker.io', 'https://registry-1.docker.io/v2'],
		['registry.test', 'https://registry.test/v2'],
		['registry.test:5000', 'https://registry.test:5000/v2'],
		['registry.test:80', 'http://registry.test:80/v2'],
		['localhost:5000', 'http://localhost:5000/v2'],
		['127.1.2.3:5000', 'http://127.1.2.3:5000/v2'],
		['[::1]:5000', 'http://[::1]:5000/v2'],
		['localhost:443', 'https://localhost:443/v2'],
		['localhost.test:5000', 'https://localhost.test:5000/v2'],
	])('%s without a word about it', async (host, base) => {
		expect(await bases(host)).toEqual([base]);
	});

	test('an insecure one is tried with TLS first, unchecked', async () => {
		const [endpoint] = await find('127.0.0.1:5000', true);
		expect(endpoint).toMatchObject({base: 'https://127.0.0.1:5000/v2', mayFallBackToHttp: true, tls: {skipVerify: true}});
	});

	test('mirrors come in the order of the file, the registry last', async () => {
		await put(
			'docker.io/hosts.toml',
			`server = "https://registry-1.docker.io"
[host."https://z.test"]
  capabilities = ["pull"]
  dial_timeout = "1m1.5s"
  [host."https://z.test".header]
    x-one = "1"
    x-many = ["a", "b"]
[host."http://a.test:5000/path"]
  capabilities = ["Pull", "resolve", "referrers"]
[host."https://whole.test/api/"]
  override_path = true
  skip_verify = true
`,
		);
		const found = await find('docker.io');
		expect(found.map(({base, capabilities, mirrorOf}) => [base, [...capabilities], mirrorOf])).toEqual([
			['https://z.test/v2', ['pull'], 'docker.io'],
			['http://a.test:5000/path/v2', ['pull', 'resolve'], 'docker.io'],
			['https://whole.test/api', ['pull', 'resolve', 'push'], 'docker.io'],
			['https://registry-1.docker.io/v2', ['pull', 'resolve', 'push'], undefined],
		]);
		expect(found[0]).toMatchObject({headers: {'x-one': '1', 'x-many': 'a, b'}, connectTimeoutMs: 61_500});
		expect(found[2]?.tls.skipVerify).toBe(true);
	});

	test.each([
		['registry.test_5000_', 'one'],
		['registry.test:5000', 'two'],
		['_default', 'three'],
	])('the folder %s is looked into', async (folder, name) => {
		await put(`${folder}/hosts.toml`, `server = "https://${name}.test"`);
		expect(await bases('registry.test:5000')).toEqual([`https://${name}.test/v2`]);
	});

	test('certificates beside hosts.toml are read from where it is, alone or in pairs', async () => {
		await put('registry.test/ca.pem', 'AUTHORITY');
		await put('registry.test/c.pem', 'CERT');
		await put('registry.test/k.pem', 'KEY');
		await put('registry.test/hosts.toml', 'ca = "ca.pem"\nclient = [["c.pem", "k.pem"]]');
		expect((await find('registry.test'))[0]?.tls).toEqual({
			skipVerify: false,
			ca: ['AUTHORITY'],
			client: {certificate: 'CERT', key: 'KEY'},
		});
		await put('registry.test/hosts.toml', 'ca = ["ca.pem", "ca.pem"]\nclient = "c.pem"');
		expect((await find('registry.test'))[0]?.tls).toEqual({
			skipVerify: false,
			ca: ['AUTHORITY', 'AUTHORITY'],
			client: {certificate: 'CERT', key: 'CERT'},
		});
	});

	test('docker’s layout: authorities, a certificate of ours and its key', async () => {
		for (const [name, text] of [
			['a.crt', 'A'],
			['b.crt', 'B'],
			['me.cert', 'CERT'],
			['me.key', 'KEY'],
		] as const)
			await put(`localhost:5000/${name}`, text);
		expect(await find('localhost:5000')).toMatchObject([
			{base: 'https://localhost:5000/v2', tls: {ca: ['A', 'B'], client: {certificate: 'CERT', key: 'KEY'}}},
		]);
	});

	test('a registry that is among its own mirrors is asked once', async () => {
		await put('registry.test/hosts.toml', 'server = "https://registry.test"\n[host."https://registry.test"]\nskip_verify = true');
		expect(await find('registry.test')).toMatchObject([{base: 'https://registry.test/v2', mirrorOf: undefined, tls: {skipVerify: true}}]);
	});

	test.each([
		['server = ', 'is not TOML'],
		['[host."https://a.test"]\ncapabilities = ["fly"]', '"fly" is no capability'],
		['dial_timeout = "soon"', 'dial_timeout is no duration'],
		['ca = "missing.pem"', 'can not be read'],
		['server = "https://["', 'is no address'],
	])('%j is told, not guessed around', async (text, words) => {
		await put('registry.test/hosts.toml', text);
		await expect(find('registry.test')).rejects.toMatchObject({code: 'invalid', message: expect.stringContaining(words)});
	});
});
