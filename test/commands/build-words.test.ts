import {PassThrough, Readable} from 'node:stream';
import {expect, test} from 'vitest';
import {wordsOfRequest} from '../../source/commands/dashboard/build-words.ts';
import {buildFlags, buildRequestOf} from '../../source/commands/line/build-request.ts';
import {parseFlags} from '../../source/commands/line/flags.ts';
import type {BuildRequest} from '../../source/services/builds/types.ts';

const request: Omit<BuildRequest, 'address' | 'stdout'> = {
	...{namespace: 'n', snapshotter: 'overlayfs', context: '/srv/app', dockerfile: '/srv/app/My Dockerfile', workingFolder: '/srv', tags: ['docker.io/library/a:1', 'docker.io/library/a:2']},
	flags: {
		...{target: 'last', platforms: ['linux/amd64', 'linux/arm64'], buildArgs: ['A=1, 2', 'B'], labels: ['l=m'], noCache: true, pull: false, addHosts: ['h:1.2.3.4'], network: 'none'},
		...{buildContexts: ['more=/more'], allow: ['network.host'], attest: ['type=sbom'], provenance: 'mode=max', sbom: 'true'},
	},
	secrets: [{id: 'a', file: '/with,comma "and" quotes'}, {id: 'b', variable: 'B'}],
	agents: [{id: 'default', socket: undefined}, {id: 'other', socket: '/s'}],
	cacheFrom: [{type: 'local', attrs: {src: '/cache'}}],
	cacheTo: [{type: 'registry', attrs: {ref: 'r/x:1', mode: 'max'}}],
	...{output: undefined, env: {B: 'b'}},
};

/** As the command line reads them. */
const read = async (words: readonly string[]): Promise<BuildRequest> => {
	const {values, args, given} = await parseFlags(words, buildFlags, {interspersed: true, refused: {}});
	const flags = values as Parameters<typeof buildRequestOf>[0]['flags'];
	const around = {stdin: Readable.from([]), stdout: new PassThrough(), env: request.env, terminal: {isTTY: true, isInputTTY: true}, global: {namespace: 'n', snapshotter: 'overlayfs'}};
	return buildRequestOf({flags, args, given, ...around}, '/srv');
};

test('the words for a build ask for that build', async () => {
	expect(await read(wordsOfRequest(request))).toMatchObject(request);
	const plain = {...request, dockerfile: undefined, tags: [], secrets: [], agents: [], cacheFrom: [], cacheTo: [], flags: {...request.flags, network: 'default', noCache: false, pull: undefined, attest: []}};
	expect(await read(wordsOfRequest(plain))).toMatchObject(plain);
});

test('a Dockerfile without a file can only come from standard input', () => {
	expect(wordsOfRequest({...request, dockerfile: Buffer.from('FROM x')})).toContain('-');
});
