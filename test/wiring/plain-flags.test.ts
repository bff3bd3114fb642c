import {expect, test} from 'vitest';
import {parseDashboard} from '../../source/wiring/parse.ts';
import {plainFlags} from '../../source/wiring/plain-flags.ts';

test.each([
	[['-a', '/c.sock', '-n', 'k8s.io', '--buildkit-host', 'tcp://10.0.0.1:1234'], {address: '/c.sock', namespace: 'k8s.io', buildkitHost: 'tcp://10.0.0.1:1234'}],
	[['--host', '/c.sock', '--data-root', '/d', '-A'], {address: '/c.sock', dataRoot: '/d', allNamespaces: true}],
])('%j is read at once, and meow reads the same', (argv, said) => {
	expect(plainFlags(argv)).toMatchObject(said);
	expect(parseDashboard(argv, '0')).toMatchObject(said);
});

test('what is not spelled plainly is left to meow', () => {
	expect(plainFlags(['--once'])).toBeUndefined();
	expect(plainFlags(['--nope'])).toBeUndefined();
});
