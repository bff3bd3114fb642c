import {spawn, spawnSync} from 'node:child_process';
import {root} from './places.mjs';

/** Why set-up can not go on, for a person: printed as it is, without a stack. */
export class SetupError extends Error {}

/** Run a step of set-up. Its output is shown only when it fails, on standard error, so that a program's own output stays clean. */
export const step = (title, command, commandArguments, options = {}) => {
	console.error(`· ${title}`);
	const {status, stdout, stderr, error} = spawnSync(command, commandArguments, {cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options});
	if (status === 0) return;
	const output = `${stdout || ''}${stderr || ''}`.trim().split('\n').slice(-30).join('\n');
	throw new SetupError(`${title} failed: ${command} ${commandArguments.join(' ')}\n${error ? error.message : output}`);
};

/** Run a program in our place: its terminal is ours, it gets our signals, and its exit code is the answer. */
export const inherit = (command, commandArguments, environment = process.env) =>
	new Promise((resolve, reject) => {
		const child = spawn(command, commandArguments, {cwd: root, stdio: 'inherit', env: environment});
		// A terminal sends ctrl-c to the child as well; it decides what that means, and we wait for it.
		const ignore = () => {};
		const forward = signal => child.kill(signal);
		process.on('SIGINT', ignore);
		for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, forward);
		child.once('error', reject);
		child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
	});
