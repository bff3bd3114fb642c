import {describe, expect, test} from 'vitest';
import {parseAddress, usualSockets} from '../../../source/clients/buildkit/address.ts';

const noTls = {ca: undefined, cert: undefined, key: undefined, serverName: undefined};

describe('addresses of BuildKit', () => {
	test.each([
		['unix:///run/buildkit/buildkitd.sock', {kind: 'unix', path: '/run/buildkit/buildkitd.sock'}],
		['/run/b.sock', {kind: 'unix', path: '/run/b.sock'}],
		['docker:///run/docker.sock', {kind: 'docker', path: '/run/docker.sock'}],
		['tcp://host:1234', {kind: 'tcp', host: 'host', port: 1234, tls: undefined}],
		['tcp://[::1]:1234', {kind: 'tcp', host: '::1', port: 1234, tls: undefined}],
		['tcp://h:1?tls', {kind: 'tcp', host: 'h', port: 1, tls: noTls}],
		['tcp://h:1?ca=/a.pem&cert=c&key=k&servername=s', {kind: 'tcp', host: 'h', port: 1, tls: {ca: '/a.pem', cert: 'c', key: 'k', serverName: 's'}}],
	])('%s', (address, target) => {
		expect(parseAddress(address)).toEqual(target);
	});

	test.each([
		['docker-container://x', 'docker exec'],
		['kube-pod://x', 'kubectl exec'],
		['ssh://host', 'through ssh'],
		['npipe:////./pipe/x', 'Windows'],
		['http://host:1', 'no way called http'],
		['tcp://host', 'no port'],
		['tcp://', 'no host and port'],
		['unix://relative', 'must begin with /'],
		['', 'must begin with /'],
		['tcp://h:1?cert=c', 'needs its key'],
		['tcp://h:1?insecure=1', 'no insecure'],
	])('%j is refused', (address, words) => {
		expect(() => parseAddress(address)).toThrow(words);
	});

	test('what is tried when nobody said where', () => {
		const places = {isRootless: false, runtimeDir: undefined, uid: 0};
		expect(usualSockets({namespace: 'k8s.io', ...places})).toEqual(['/run/buildkit-k8s.io/buildkitd.sock', '/run/buildkit-default/buildkitd.sock', '/run/buildkit/buildkitd.sock']);
		expect(usualSockets({namespace: 'default', ...places})).toEqual(['/run/buildkit-default/buildkitd.sock', '/run/buildkit/buildkitd.sock']);
		expect(usualSockets({namespace: 'default', isRootless: true, runtimeDir: '/run/user/7', uid: 7})[0]).toBe('/run/user/7/buildkit-default/buildkitd.sock');
	});
});
