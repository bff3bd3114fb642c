import {readFileSync} from 'node:fs';
import {join} from 'node:path';

const isCommand = (value: unknown): value is readonly [string, ...string[]] =>
	Array.isArray(value) && value.length > 0 && value.every(word => typeof word === 'string');

/**
`auto-remove.json` in the state directory is the command that removes the container. It is there when nobody waits for the end of a container
that was made with `--rm`; the log driver is the one program that surely lives as long. Read at the end, since a restart puts the file aside.
*/
export const removeAfterwards = async (stateDir: string): Promise<void> => {
	let command: unknown;
	try {
		command = JSON.parse(readFileSync(join(stateDir, 'auto-remove.json'), 'utf8'));
	} catch {
		return;
	}

	if (!isCommand(command)) return;
	const [program, ...args] = command;
	// Only now: a driver at rest is as small as it can be.
	const {spawn} = await import('node:child_process');
	const child = spawn(program, args, {detached: true, stdio: 'ignore', cwd: '/', env: {PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'}});
	child.on('error', () => undefined);
	child.unref();
};
