import {expect, test} from 'vitest';
import {Failure, failing, sentence} from '../../../source/errors.ts';
import {toldByHook} from '../../../source/services/containers/launch.ts';

const runc = (stderr: string): Failure =>
	new Failure(
		'internal',
		`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running hook #0: error running hook: exit status 1, stdout: , stderr: ${stderr}: unknown`,
	);

test.each([
	['Could not attach to network front with the CNI plugin bridge: no free address', 'Could not run web: no free address (attach to network front with the CNI plugin bridge)'],
	['the spec has no annotation nerdctl/namespace', 'Could not run web: the spec has no annotation nerdctl/namespace'],
	['port 80/tcp of 0.0.0.0 is in use on this machine', 'Could not run web: port 80/tcp of 0.0.0.0 is in use on this machine'],
])('what a hook said (%s) is told without those who carried it', (said, expected) => {
	expect(sentence(failing('run web', toldByHook(runc(said))))).toBe(expected);
});

test('what no hook said is told as it is', () => {
	for (const error of [new Failure('not-found', 'exec: "nope": executable file not found in $PATH: unknown'), new Error('error running hook #0')]) expect(toldByHook(error)).toBe(error);
});
