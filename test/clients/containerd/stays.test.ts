import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {type FakeContainerd, startFakeContainerd} from '../../fakes/containerd.ts';

const web = {namespace: 'default', id: 'web'} as const;
const client = new URL('../../../source/clients/containerd/index.ts', import.meta.url).href;

let fake: FakeContainerd;
beforeEach(async () => {
	fake = await startFakeContainerd();
	fake.addContainer(web);
});
afterEach(async () => fake.stop());

/** A program of its own: in here, the test runner keeps the process. */
const program = (address: string): string => `
	const {createContainerd} = await import(${JSON.stringify(client)});
	const containerd = createContainerd({address: ${JSON.stringify(address)}});
	console.log(String(await containerd.tasks.wait(${JSON.stringify(web)}).then(({exitStatus}) => exitStatus)));
`;

it('a call without a deadline keeps the process until it is answered, and an idle connection does not', {timeout: 20_000}, async () => {
	const ended = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program(fake.address)]);
	await expect.poll(() => fake.calls.some(({method}) => method === 'Tasks.Wait'), {timeout: 15_000}).toBe(true);
	fake.exit(web, 3);
	expect((await ended).stdout).toBe('3\n');
});
