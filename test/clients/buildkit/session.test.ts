import {createPublicKey, verify} from 'node:crypto';
import {createServer} from 'node:net';
import {mkdtempSync, rmSync} from 'node:fs';
import {once} from 'node:events';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {authHandler, tokenHandlers} from '../../../source/clients/buildkit/session/auth.ts';
import {healthHandler} from '../../../source/clients/buildkit/session/health.ts';
import {secretsHandler} from '../../../source/clients/buildkit/session/secrets.ts';
import {sshHandlers} from '../../../source/clients/buildkit/session/ssh.ts';
import {AuthService} from '../../../source/protocol/generated/buildkit-auth.ts';
import {SecretsService} from '../../../source/protocol/generated/buildkit-secrets.ts';
import {BytesMessage, SSHService} from '../../../source/protocol/generated/buildkit-ssh.ts';
import {HealthService} from '../../../source/protocol/generated/health.ts';
import {peerOf} from './peer.ts';

const listening = async (onData: (bytes: Buffer, answer: (bytes: Buffer | undefined) => void) => void): Promise<string> => {
	const folder = mkdtempSync(join(tmpdir(), 'gantry-agent-'));
	const path = join(folder, 'agent.sock');
	const server = createServer(socket => {
		socket.on('data', bytes => onData(bytes, answer => void (answer === undefined ? socket.end() : socket.write(answer))));
		socket.on('error', () => {});
	});
	server.listen(path);
	await once(server, 'listening');
	onTestFinished(() => {
		server.close();
		rmSync(folder, {recursive: true, force: true});
	});
	return path;
};

describe('what a build asks of us', () => {
	test('whether we are well', async () => {
		const call = peerOf(healthHandler)(HealthService.check.path);
		call.send(HealthService.check.requestSerialize({service: ''}));
		call.end();
		expect(HealthService.check.responseDeserialize((await call.next())!)).toEqual({status: 1});
	});

	test.each([
		['that there is', 'known', Buffer.from([0, 255, 10]), 0],
		['that there is not', 'unknown', undefined, 5],
		['that is too large', 'known', Buffer.alloc(500 * 1024 + 1), 3],
	])('a secret %s', async (_what, id, value, code) => {
		const call = peerOf(secretsHandler(async asked => (asked === 'known' ? value : undefined)))(SecretsService.getSecret.path);
		call.send(SecretsService.getSecret.requestSerialize({id, annotations: {}}));
		call.end();
		const answer = await call.next();
		expect((await call.ended).code).toBe(code);
		expect(answer === undefined ? undefined : Buffer.from(SecretsService.getSecret.responseDeserialize(answer).data)).toEqual(code === 0 ? value : undefined);
	});

	test.each([
		['127.0.0.1:5000', {username: 'me', secret: 'x'}],
		['registry-1.docker.io', {username: '', secret: 'token of docker.io'}],
		['other', {username: '', secret: ''}],
	])('whom to be at %s', async (host, expected) => {
		const find = async (name: string) => (name === 'docker.io' ? {username: '', secret: 'token of docker.io'} : name.startsWith('127') ? {username: 'me', secret: 'x'} : undefined);
		const call = peerOf(authHandler(find))(AuthService.credentials.path);
		call.send(AuthService.credentials.requestSerialize({host}));
		call.end();
		expect(AuthService.credentials.responseDeserialize((await call.next())!)).toEqual(expected);
	});

	test('that tokens be fetched for it, where that is not offered', async () => {
		const call = peerOf(authHandler(async () => undefined))(AuthService.getTokenAuthority.path);
		call.end();
		expect((await call.ended).code).toBe(12);
	});
});

describe('tokens of registries', () => {
	const salt = Buffer.from('of the daemon');
	const login = async (host: string) => (host === 'docker.io' ? {username: 'me', secret: 'x'} : undefined);

	const ask = async <Request, Response>(
		handlers: ReturnType<typeof tokenHandlers>,
		{path, requestSerialize, responseDeserialize}: {readonly path: string; requestSerialize(request: Request): Buffer; responseDeserialize(bytes: Buffer): Response},
		request: Request,
	): Promise<Response> => {
		const call = peerOf(handlers.find(([name]) => name === path)!)(path);
		call.send(requestSerialize(request));
		call.end();
		const answer = await call.next();
		if (answer === undefined) throw new Error(`status ${(await call.ended).code}`);
		return responseDeserialize(answer);
	};

	const never = async () => {
		throw new Error('nobody asked');
	};

	/** As the daemon reads it: what was signed comes after the signature. */
	const isSignedBy = (publicKey: Uint8Array, signed: Uint8Array, payload: Uint8Array): boolean => {
		const key = createPublicKey({key: {kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url')}, format: 'jwk'});
		return Buffer.from(signed.subarray(64)).equals(payload) && verify(null, payload, key, signed.subarray(0, 64));
	};

	test('a session signs with the key that it showed, and another session with another', async () => {
		const [ours, others] = [tokenHandlers(login, never), tokenHandlers(login, never)];
		const host = 'registry-1.docker.io';
		const payload = Buffer.from('sign me');
		const {publicKey} = await ask(ours, AuthService.getTokenAuthority, {host, salt});
		expect(publicKey).toHaveLength(32);
		expect(isSignedBy(publicKey, (await ask(ours, AuthService.verifyTokenAuthority, {host, salt, payload})).signed, payload)).toBe(true);
		expect(isSignedBy(publicKey, (await ask(others, AuthService.verifyTokenAuthority, {host, salt, payload})).signed, payload)).toBe(false);
		expect(isSignedBy(publicKey, (await ask(ours, AuthService.verifyTokenAuthority, {host, salt: Buffer.from('other'), payload})).signed, payload)).toBe(false);
	});

	test('who is logged in nowhere has none, so that the daemon asks as a guest', async () => {
		await expect(ask(tokenHandlers(login, never), AuthService.getTokenAuthority, {host: 'other', salt})).rejects.toThrow('status 14');
	});

	test('they are fetched where the daemon was told to, by the name that logins go by', async () => {
		const asked: unknown[] = [];
		const handlers = tokenHandlers(login, async (host, what) => {
			asked.push([host, what]);
			return {token: 'a-token', lifeSeconds: 300};
		});
		const what = {realm: 'https://auth.example/token', service: 'registry.example', scopes: ['repository:library/x:pull']};
		expect(await ask(handlers, AuthService.fetchToken, {clientId: 'buildkit-client', host: 'registry-1.docker.io', ...what})).toEqual({token: 'a-token', expiresIn: 300, issuedAt: 0});
		expect(asked).toEqual([['docker.io', what]]);
	});
});

describe('an ssh agent', () => {
	const bytesOf = async (call: {next(): Promise<Buffer | undefined>}): Promise<string> => Buffer.from(BytesMessage.decode((await call.next())!).data).toString();
	const message = (text: string): Buffer => Buffer.from(BytesMessage.encode({data: Buffer.from(text)}).finish());

	test('is heard and answered', async () => {
		const path = await listening((bytes, answer) => answer(Buffer.from(`re: ${bytes}`)));
		const peer = peerOf(...sshHandlers(new Map([['default', path]])));
		const call = peer(SSHService.forwardAgent.path, {'buildkit.ssh.id': 'default'});
		call.send(message('one'));
		expect(await bytesOf(call)).toBe('re: one');
		call.send(message('two'));
		expect(await bytesOf(call)).toBe('re: two');
		call.end();
		expect((await call.ended).code).toBe(0);
	});

	test('that hangs up ends the call', async () => {
		const path = await listening((_bytes, answer) => answer(undefined));
		const call = peerOf(...sshHandlers(new Map([['default', path]])))(SSHService.forwardAgent.path);
		call.send(message('x'));
		expect((await call.ended).code).toBe(0);
	});

	test('that is not there', async () => {
		const peer = peerOf(...sshHandlers(new Map([['gone', '/nowhere/agent.sock']])));
		const check = peer(SSHService.checkAgent.path);
		check.send(SSHService.checkAgent.requestSerialize({id: ''}));
		check.end();
		expect(await check.ended).toMatchObject({code: 5, details: 'there is no ssh agent called default for this build'});
		const call = peer(SSHService.forwardAgent.path, {'buildkit.ssh.id': 'gone'});
		expect(await call.ended).toMatchObject({code: 14});
	});
});
