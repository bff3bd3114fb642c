import {describe, expect, test} from 'vitest';
import {isFailure} from '../../source/errors.ts';
import {type NetworkMode, networkMode, networkModeOf} from '../../source/model/network-mode.ts';

describe('the words of --network', () => {
	test.each<[readonly string[], NetworkMode]>([
		[['bridge'], {kind: 'networks', names: ['bridge']}],
		[['default'], {kind: 'networks', names: ['bridge']}],
		[['a', 'b', 'a'], {kind: 'networks', names: ['a', 'b']}],
		[['host'], {kind: 'host'}],
		[['none'], {kind: 'none'}],
		[[], {kind: 'none'}],
		[['container:web'], {kind: 'container', target: 'web'}],
		[['ns:/run/netns/x'], {kind: 'namespace', path: '/run/netns/x'}],
	])('%j', (networks, mode) => {
		expect(networkMode(networks)).toEqual(mode);
	});

	test.each([[['a', 'host']], [['none', 'host']], [['container:x', 'b']]])('%j can not be', networks => {
		expect(() => networkMode(networks)).toThrowError(expect.toSatisfy(error => isFailure(error, 'invalid')));
	});

	test('a label that says nothing says so', () => {
		expect(['', '{}', '[1]', 'null', '["a","host"]', undefined].map(networkModeOf)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
		expect(networkModeOf('["a"]')).toEqual({kind: 'networks', names: ['a']});
	});
});
