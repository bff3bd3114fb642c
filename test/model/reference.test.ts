import {describe, expect, test} from 'vitest';
import {familiarName, findReference, formatReference, parseReference} from '../../source/model/reference.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

describe('what a person types', () => {
	test.each([
		['busybox', 'docker.io/library/busybox:latest', 'busybox'],
		['busybox:1.36', 'docker.io/library/busybox:1.36', 'busybox'],
		['lab/app', 'docker.io/lab/app:latest', 'lab/app'],
		['docker.io/busybox', 'docker.io/library/busybox:latest', 'busybox'],
		['index.docker.io/library/busybox', 'docker.io/library/busybox:latest', 'busybox'],
		['localhost/app', 'localhost/app:latest', 'localhost/app'],
		['localhost:5000/app:v1', 'localhost:5000/app:v1', 'localhost:5000/app'],
		['127.0.0.1:5000/a/b/c', '127.0.0.1:5000/a/b/c:latest', '127.0.0.1:5000/a/b/c'],
		['[::1]:5000/app', '[::1]:5000/app:latest', '[::1]:5000/app'],
		['Registry/app', 'Registry/app:latest', 'Registry/app'],
		['registry.test/a--b__c.d', 'registry.test/a--b__c.d:latest', 'registry.test/a--b__c.d'],
		[`busybox@${digest}`, `docker.io/library/busybox@${digest}`, 'busybox'],
		[`lab/app:v1@${digest}`, `docker.io/lab/app:v1@${digest}`, 'lab/app'],
		['library/busybox', 'docker.io/library/busybox:latest', 'busybox'],
	])('%s is %s', (typed, normal, familiar) => {
		const reference = parseReference(typed);
		expect(formatReference(reference)).toBe(normal);
		expect(familiarName(reference)).toBe(familiar);
		expect(formatReference(parseReference(normal))).toBe(normal);
	});
});

test.each([
	'',
	' ',
	':',
	'/',
	'a/',
	'/a',
	'a//b',
	'Busybox',
	'lab/App',
	'a:',
	'a:-x',
	'a b',
	`a@sha256:abc`,
	'a@b',
	'-a',
	'a-',
	'a..b',
	`a:${'x'.repeat(129)}`,
	'ab'.repeat(32),
	`${'a/'.repeat(130)}a`,
	'a\u001b[31m',
	'../etc',
	'reg_istry.test:x/a',
])('%j is no reference', text => {
	expect(findReference(text)).toBeUndefined();
	expect(() => parseReference(text)).toThrow('is not an image reference');
});
