import {describe, expect, test} from 'vitest';
import {serverHost, splitTerm} from '../../../source/services/registries/server.ts';

describe('what a person calls a registry', () => {
	test.each([
		['', 'docker.io'],
		['docker.io', 'docker.io'],
		['index.docker.io', 'docker.io'],
		['https://index.docker.io/v1/', 'docker.io'],
		['registry.test', 'registry.test'],
		['registry.test:5000', 'registry.test:5000'],
		['https://registry.test:5000/v2/', 'registry.test:5000'],
		['http://localhost:5000', 'localhost:5000'],
		['[::1]:5000', '[::1]:5000'],
	])('%j is the host %s', (server, host) => {
		expect(serverHost(server)).toBe(host);
	});

	test.each(['a b', 'bob@registry.test', 'https://', '../x y'])('%j is none', server => {
		expect(() => serverHost(server)).toThrow('is no registry');
	});

	test.each([
		['nginx', 'docker.io', 'nginx'],
		['bitnami/nginx', 'docker.io', 'bitnami/nginx'],
		['registry.test/web', 'registry.test', 'web'],
		['localhost:5000/a/b', 'localhost:5000', 'a/b'],
		['localhost/a', 'localhost', 'a'],
		['/a', 'docker.io', '/a'],
	])('the term %j looks on %s for %s', (term, host, rest) => {
		expect(splitTerm(term)).toEqual({host, rest});
	});
});
