import {expect, test} from 'vitest';
import {completeReference, familiarReference, typedRepository} from '../../source/model/complete-reference.ts';

test.each([
	['docker.io/library/busybox:latest', 'busybox:latest'],
	['127.0.0.1:5000/app:1', '127.0.0.1:5000/app:1'],
	[`registry.test/app@sha256:${'a'.repeat(64)}`, `registry.test/app@sha256:${'a'.repeat(64)}`],
	[`sha256:${'a'.repeat(64)}`, undefined],
	[':', undefined],
])('%s is typed as %s', (stored, typed) => {
	expect(familiarReference(stored)).toBe(typed);
});

test.each([
	['app', undefined],
	['app:', 'app'],
	['app:1', 'app'],
	['host:5000/app', undefined],
	['host:5000/app:', 'host:5000/app'],
	['host:5000', 'host'],
	['app:1@sha256:', undefined],
	['../app:', undefined],
])('the repository of %j is %j', (text, repository) => {
	expect(typedRepository(text)).toBe(repository);
});

const known = {
	typedBefore: ['registry.test/new:1', 'busybox:1'],
	stored: ['docker.io/library/busybox:1', 'registry.test/app:2', `sha256:${'a'.repeat(64)}`],
	tags: ['1', '2', 'edge'],
};

test.each([
	['', ['registry.test/new:1', 'busybox:1', 'registry.test/app:2']],
	['registry.test/', ['registry.test/new:1', 'registry.test/app:2']],
	['app', ['registry.test/app:2']],
	['registry.test/app:', ['registry.test/app:2', 'registry.test/app:1', 'registry.test/app:edge']],
	['registry.test/app:e', ['registry.test/app:edge']],
	['registry.test/app:edge', []],
])('%j goes on as %j', (text, candidates) => {
	expect(completeReference(text, known)).toEqual(candidates);
});
