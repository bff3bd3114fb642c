import {chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {openCredentials} from '../../../source/clients/registry/index.ts';

let home: string;
beforeEach(async () => {
	home = await mkdtemp(join(tmpdir(), 'gantry-home-'));
	await mkdir(join(home, '.docker'));
	await mkdir(join(home, 'bin'));
});
afterEach(async () => rm(home, {recursive: true, force: true}));

const path = () => join(home, '.docker/config.json');
const open = (env: Record<string, string> = {}) =>
	openCredentials({home, env: {PATH: `${join(home, 'bin')}:${process.env['PATH']}`, LAB: home, ...env}});
const config = async (value: object) => writeFile(path(), JSON.stringify(value));
const read = async (): Promise<unknown> => JSON.parse(await readFile(path(), 'utf8'));
const auth = Buffer.from('bob:s3:cret').toString('base64');
const bob = {kind: 'basic', username: 'bob', password: 's3:cret'} as const;

describe('docker’s config file', () => {
	test.each([
		['registry.test:5000', {'registry.test:5000': {auth}}],
		['registry.test:5000', {'https://registry.test:5000': {auth}}],
		['registry.test', {'registry.test:443': {auth}}],
		['registry.test', {'https://registry.test/v1/': {auth}}],
		['registry.test', {'registry.test': {username: 'bob', password: 's3:cret'}}],
		['docker.io', {'https://index.docker.io/v1/': {auth}}],
	])('%s is found under %j', async (host, auths) => {
		await config({auths});
		expect(await open().find(host)).toEqual(bob);
	});

	test.each([
		['registry.test:5000', {'registry.test': {auth}}],
		['registry.test', {'registry.test': {}}],
		['registry.test', {'registry.test': {auth: '!!!'}}],
	])('%s has nothing under %j', async (host, auths) => {
		await config({auths});
		expect(await open().find(host)).toBeUndefined();
	});

	test('a token that was kept for the password goes before it', async () => {
		await config({auths: {'registry.test': {auth, identitytoken: 'refresh'}}});
		expect(await open().find('registry.test')).toEqual({kind: 'identity', token: 'refresh'});
	});

	test('no file is no login; a damaged one is told, without what is in it', async () => {
		expect(await open().find('registry.test')).toBeUndefined();
		await writeFile(path(), `{"auths": {"registry.test": {"auth": "${auth}"`);
		const error = await open()
			.find('registry.test')
			.catch((caught: unknown) => caught);
		expect(error).toMatchObject({code: 'invalid', message: `${path()} is not JSON`});
		await expect(open().store('registry.test', bob)).rejects.toMatchObject({code: 'invalid'});
		expect(await readFile(path(), 'utf8')).toContain(auth);
	});

	test('a login is written whole, for us alone, and leaves the rest of the file', async () => {
		await config({detachKeys: 'ctrl-e', auths: {'other.test': {auth}}});
		await chmod(path(), 0o644);
		expect(await open().store('registry.test:5000', bob)).toEqual({kind: 'file', path: path()});
		expect(await read()).toEqual({detachKeys: 'ctrl-e', auths: {'other.test': {auth}, 'registry.test:5000': {auth}}});
		expect((await stat(path())).mode & 0o777).toBe(0o600);
		expect(await readdir(join(home, '.docker'))).toEqual(['config.json']);
		expect(await open().find('registry.test:5000')).toEqual(bob);
		expect(await open().erase('registry.test:5000')).toEqual({kind: 'file', path: path()});
		expect(await open().erase('registry.test:5000')).toBeUndefined();
		expect(await read()).toEqual({detachKeys: 'ctrl-e', auths: {'other.test': {auth}}});
	});

	test('DOCKER_CONFIG names another folder, which is made; a linked file stays a link', async () => {
		const elsewhere = join(home, 'a/b');
		await open({DOCKER_CONFIG: elsewhere}).store('docker.io', {kind: 'identity', token: 't'});
		expect(JSON.parse(await readFile(join(elsewhere, 'config.json'), 'utf8'))).toEqual({
			auths: {'https://index.docker.io/v1/': {identitytoken: 't'}},
		});
		await symlink(join(elsewhere, 'config.json'), path());
		await open().store('registry.test', bob);
		expect(await open({DOCKER_CONFIG: elsewhere}).find('registry.test')).toEqual(bob);
	});
});

/** A helper that keeps one file per server, and notes how it was called. */
const installHelper = async (name: string): Promise<void> => {
	const file = join(home, 'bin', `docker-credential-${name}`);
	const script = `#!/bin/sh
input=$(cat)
echo "$*" >> "$LAB/${name}.calls"
kept="$LAB/${name}.$(echo "$input" | sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/' | tr '/:' '__')"
case $1 in
	get) if [ -f "$kept" ]; then cat "$kept"; else echo "credentials not found in native keychain"; exit 1; fi ;;
	store) echo "$input" > "$kept" ;;
	erase) rm -f "$kept" ;;
esac
`;
	await writeFile(file, script, {mode: 0o755});
};

describe('credential helpers', () => {
	test('a store keeps what the file then does not, and no secret is in an argv', async () => {
		await installHelper('lab');
		await config({credsStore: 'lab', auths: {'registry.test': {auth}}});
		expect(await open().store('registry.test', bob)).toEqual({kind: 'helper', program: 'docker-credential-lab'});
		expect(await read()).toEqual({credsStore: 'lab', auths: {'registry.test': {}}});
		expect(await open().find('registry.test')).toEqual(bob);
		expect(await readFile(join(home, 'lab.calls'), 'utf8')).toBe('store\nget\n');
		expect(await open().erase('registry.test')).toEqual({kind: 'helper', program: 'docker-credential-lab'});
		expect(await open().find('registry.test')).toBeUndefined();
		expect(await read()).toEqual({credsStore: 'lab', auths: {}});
	});

	test('a helper for the host goes before the store, and a token stays one', async () => {
		await installHelper('lab');
		await installHelper('special');
		await config({credsStore: 'lab', credHelpers: {'registry.test': 'special'}});
		await open().store('registry.test', {kind: 'identity', token: 'refresh'});
		expect(await open().find('registry.test')).toEqual({kind: 'identity', token: 'refresh'});
		await expect(readFile(join(home, 'lab.calls'), 'utf8')).rejects.toThrow();
	});

	test('a missing helper is told with its name, a name that is a path is refused', async () => {
		await config({credsStore: 'gone'});
		await expect(open().find('registry.test')).rejects.toMatchObject({
			code: 'not-found',
			message: expect.stringContaining('docker-credential-gone'),
		});
		await config({credsStore: '../../evil'});
		await expect(open().find('registry.test')).rejects.toMatchObject({code: 'invalid'});
	});
});
