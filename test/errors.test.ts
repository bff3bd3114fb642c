import {describe, expect, test} from 'vitest';
import {couldNot, Failure, failing, isFailure, sentence} from '../source/errors.ts';

describe('a failure within a failure is told in one sentence', () => {
	test.each([
		['about the same', 'pull host:5000/app:1', couldNot('not-found', 'resolve host:5000/app:1', 'host:5000 answered 404'), 'Could not pull host:5000/app:1: host:5000 answered 404'],
		[
			'about a part of it',
			'pull docker.io/library/app:1',
			couldNot('invalid', 'fetch sha256:0123 of app', 'it is cut'),
			'Could not pull docker.io/library/app:1: it is cut (fetch sha256:0123)',
		],
		['about something else', 'load a.tar', couldNot('denied', 'open b', 'permission denied'), 'Could not load a.tar: permission denied (open b)'],
		['three deep', 'pull x/app:1', failing('resolve x/app:1', couldNot('denied', 'get a token for x', 'x answered 401')), 'Could not pull x/app:1: x answered 401 (get a token for x)'],
		['not by us', 'stop web', new Error('no such task'), 'Could not stop web: no such task'],
	])('%s', (_, action, inner, told) => {
		expect(failing(action, inner)).toMatchObject({message: told, cause: inner});
	});

	test('code and hint of the first stay, an abort is no failure', () => {
		const inner = new Failure('exhausted', 'the disk is full', {hint: 'make room'});
		const outer = failing('pull app', inner);
		expect(isFailure(outer, 'exhausted')).toBe(true);
		expect(sentence(outer)).toBe('Could not pull app: the disk is full — make room');
		const abort = new DOMException('gone', 'AbortError');
		expect(failing('pull app', abort)).toBe(abort);
	});
});
