import {spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {stripVTControlCharacters} from 'node:util';

const variable = 'GANTRY_TEST_OWN_NETWORK';

/** This process was started by `runOnOwnNetwork`. */
export const isOwnNetwork = process.env[variable] === '1';

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/**
Runs a file of tests once more in a network namespace with nothing but lo. For tests that call CNI's plugins themselves: Node can not enter another
namespace, and what plugins make (bridges, chains that all networks share) would stay on the machine.
*/
export const runOnOwnNetwork = async (url: string): Promise<{readonly code: number | null; readonly said: string}> => {
	const {VITEST: _, VITEST_MODE: __, VITEST_POOL_ID: ___, VITEST_WORKER_ID: ____, ...env} = process.env;
	const args = ['--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"', process.execPath, vitest, 'run', fileURLToPath(url)];
	const child = spawn('unshare', args, {cwd: fileURLToPath(new URL('../..', import.meta.url)), env: {...env, [variable]: '1'}, stdio: ['ignore', 'pipe', 'pipe']});
	const said: string[] = [];
	child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
	child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	return {code, said: stripVTControlCharacters(said.join(''))};
};
