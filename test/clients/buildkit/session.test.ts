import {createServer} from 'node:net';
import {mkdtempSync, rmSync} from 'node:fs';
import {once} from 'node:events';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {authHandler} from '../../../source/clients/buildkit/session/auth.ts';
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

	test('that tokens be fetched for it, which is not offered', async () => {
		const call = peerOf(authHandler(async () => undefined))(AuthService.getTokenAuthority.path);
		call.end();
		expect((await call.ended).code).toBe(12);
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
