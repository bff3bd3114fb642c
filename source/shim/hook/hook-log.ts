import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {messageOf} from '../../errors.ts';

export type HookLog = {
	info(text: string): void;
	/** Something failed that does not end the hook. */
	warn(text: string, error: unknown): void;
	close(): void;
};

/** `oci-hook.<event>.log` in the state directory, anew each time: where nerdctl's hook writes, and where people look. */
export const openHookLog = (stateDir: string, event: string): HookLog => {
	mkdirSync(stateDir, {recursive: true, mode: 0o700});
	const fd = openSync(join(stateDir, `oci-hook.${event}.log`), 'w', 0o600);
	const write = (level: string, text: string): void => void writeSync(fd, `time=${JSON.stringify(new Date().toISOString())} level=${level} msg=${JSON.stringify(text)}\n`);
	return {
		info: text => write('info', text),
		warn: (text, error) => write('warning', `${text}: ${messageOf(error)}`),
		close: () => closeSync(fd),
	};
};
