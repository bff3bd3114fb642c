import {describe, expect, test} from 'vitest';
import {type BuildFlags, entitlementsOf, frontendAttributes, namedContexts, wantsInlineCache} from '../../source/model/build-attributes.ts';

const none: BuildFlags = {
	...{target: undefined, platforms: [], buildArgs: [], labels: [], noCache: false, pull: undefined, addHosts: [], network: 'default'},
	...{buildContexts: [], allow: [], attest: [], provenance: undefined, sbom: undefined},
};

describe('what the frontend is told', () => {
	test.each<[string, Partial<BuildFlags>, Readonly<Record<string, string>>]>([
		['nothing', {}, {}],
		['target and platforms', {target: 'dev', platforms: ['linux/amd64', 'linux/arm64']}, {target: 'dev', platform: 'linux/amd64,linux/arm64'}],
		['arguments', {buildArgs: ['A=1', 'B=x=y', 'HOME', 'NOT_SET', 'E=']}, {'build-arg:A': '1', 'build-arg:B': 'x=y', 'build-arg:HOME': '/root', 'build-arg:E': ''}],
		['labels', {labels: ['a=b=c', 'd']}, {'label:a': 'b=c', 'label:d': ''}],
		['no cache', {noCache: true}, {'no-cache': ''}],
		['newer images', {pull: true}, {'image-resolve-mode': 'pull'}],
		['only images that are there', {pull: false}, {'image-resolve-mode': 'local'}],
		['hosts', {addHosts: ['a:1.2.3.4', 'b:::1', 'c=[::2]']}, {'add-hosts': 'a=1.2.3.4,b=::1,c=::2'}],
		['a network', {network: 'none'}, {'force-network-mode': 'none'}],
		['contexts', {buildContexts: ['base=docker-image://alpine', 'src=../src']}, {'context:base': 'docker-image://alpine', 'context:src': 'local:src'}],
		['attestations', {attest: ['type=sbom,generator=x'], provenance: 'mode=max'}, {'attest:sbom': 'generator=x', 'attest:provenance': 'mode=max'}],
		['attestations in short', {provenance: 'true', sbom: 'false'}, {'attest:provenance': ''}],
		['one that is taken back', {attest: ['type=sbom,disabled=true']}, {}],
	])('%s', (_what, flags, attributes) => {
		expect(frontendAttributes({...none, ...flags}, {HOME: '/root'})).toEqual(attributes);
	});

	test('the time of the source comes from the environment, unless it is said', () => {
		const env = {SOURCE_DATE_EPOCH: '7'};
		expect(frontendAttributes(none, env)).toEqual({'build-arg:SOURCE_DATE_EPOCH': '7'});
		expect(frontendAttributes({...none, buildArgs: ['SOURCE_DATE_EPOCH=8']}, env)).toEqual({'build-arg:SOURCE_DATE_EPOCH': '8'});
	});

	test.each<[Partial<BuildFlags>, string]>([
		[{buildArgs: ['=x']}, 'has no name'],
		[{addHosts: ['a']}, 'not understood'],
		[{network: 'bridge'}, '"bridge"'],
		[{attest: ['mode=max']}, 'has no type'],
		[{buildContexts: ['x']}, 'not understood'],
		[{buildContexts: ['context=x']}, 'can not be called context'],
		[{buildContexts: ['x=oci-layout://y@']}, 'not understood'],
	])('%j is refused', (flags, words) => {
		expect(() => frontendAttributes({...none, ...flags}, {})).toThrow(words);
	});
});

test('folders among the contexts', () => {
	expect([...namedContexts(['a=x', 'b=https://h/y', 'c=/z']).folders]).toEqual([['a', 'x'], ['c', '/z']]);
});

test('what the daemon is asked to allow', () => {
	expect(entitlementsOf({network: 'host', allow: ['security.insecure', 'network.host']})).toEqual(['security.insecure', 'network.host']);
	expect(entitlementsOf({network: 'default', allow: []})).toEqual([]);
	expect([wantsInlineCache({buildArgs: ['BUILDKIT_INLINE_CACHE=1']}), wantsInlineCache({buildArgs: ['BUILDKIT_INLINE_CACHE=0']})]).toEqual([true, false]);
});
