import {describe, expect, test} from 'vitest';
import {isRemoteContext, parseAgent, parseCache, parseOutput, parseSecret} from '../../source/model/build-flags.ts';
import {readKeyValues} from '../../source/model/comma-list.ts';

describe('words with commas between', () => {
	test.each([
		['a=b,c=d', [['a', 'b'], ['c', 'd']]],
		['type=local,"dest=a,b"', [['type', 'local'], ['dest', 'a,b']]],
		['A=b=c', [['a', 'b=c']]],
		['flag,x=', [['flag', undefined], ['x', '']]],
		['"a=""q"""', [['a', '"q"']]],
	])('%s', (text, pairs) => {
		expect([...readKeyValues(text)]).toEqual(pairs);
	});

	test('a quote that does not close', () => {
		expect(() => readKeyValues('a="b')).toThrow('does not close');
	});
});

describe('secrets', () => {
	test.each([
		['id=key,src=/k', {id: 'key', file: '/k'}],
		['id=key,source=k,type=file', {id: 'key', file: 'k'}],
		['src=/etc/key.pem', {id: 'key.pem', file: '/etc/key.pem'}],
		['id=key,env=TOKEN', {id: 'key', variable: 'TOKEN'}],
		['type=env,id=key,src=TOKEN', {id: 'key', variable: 'TOKEN'}],
		['id=TOKEN', {id: 'TOKEN', variable: 'TOKEN'}],
		['id=key', {id: 'key', file: 'key'}],
		['type=file,id=TOKEN', {id: 'TOKEN', file: 'TOKEN'}],
	])('%s', (text, source) => {
		expect(parseSecret(text, {TOKEN: 'x'})).toEqual(source);
	});

	test.each([['type=file', 'no id'], ['id=a,size=3', '"size"'], ['id=a,type=tpm', '"tpm"']])('%j is refused', (text, words) => {
		expect(() => parseSecret(text, {})).toThrow(words);
	});
});

describe('agents', () => {
	test('names and sockets', () => {
		expect(['default', 'git=/run/a.sock'].map(parseAgent)).toEqual([{id: 'default', socket: undefined}, {id: 'git', socket: '/run/a.sock'}]);
	});

	test.each([['', 'not understood'], ['=x', 'not understood'], ['a=', 'not understood'], ['a=k1,k2', 'several keys']])('%j is refused', (text, words) => {
		expect(() => parseAgent(text)).toThrow(words);
	});
});

describe('what becomes of the result', () => {
	test.each([
		['out', {kind: 'folder', to: 'out', attrs: {}}],
		['-', {kind: 'archive', type: 'tar', to: '-', attrs: {}}],
		['type=local,dest=out', {kind: 'folder', to: 'out', attrs: {}}],
		['type=tar,dest=x.tar', {kind: 'archive', type: 'tar', to: 'x.tar', attrs: {}}],
		['type=oci,dest=-,compression=zstd', {kind: 'archive', type: 'oci', to: '-', attrs: {compression: 'zstd'}}],
		['type=docker', {kind: 'load', format: 'docker', attrs: {}}],
		['type=image,name=a/b,push=true', {kind: 'daemon', type: 'image', attrs: {name: 'a/b', push: 'true'}}],
		['type=registry', {kind: 'daemon', type: 'image', attrs: {push: 'true'}}],
		['type=cacheonly', {kind: 'nothing'}],
	])('%s', (text, output) => {
		expect(parseOutput(text)).toEqual(output);
	});

	test.each([['type=tar', 'does not say where to'], ['type=local', 'does not say where to'], ['type=squashfs', 'no type "squashfs"']])('%s is refused', (text, words) => {
		expect(() => parseOutput(text)).toThrow(words);
	});
});

test('caches', () => {
	expect(parseCache('user/app:cache', '--cache-from')).toEqual({type: 'registry', attrs: {ref: 'user/app:cache'}});
	expect(parseCache('type=registry,ref=a,mode=max', '--cache-to')).toEqual({type: 'registry', attrs: {ref: 'a', mode: 'max'}});
	expect(() => parseCache('type=local,dest=x', '--cache-from')).toThrow('names no folder');
});

test.each([
	['https://host/x.git', true],
	['http://host/x.tar.gz', true],
	['git://host/x', true],
	['git@host.example:a/b.git', true],
	['github.com/a/b', true],
	['.', false],
	['./git@x', false],
	['/srv/app', false],
])('%s is fetched by the daemon: %s', (context, isRemote) => {
	expect(isRemoteContext(context)).toBe(isRemote);
});
