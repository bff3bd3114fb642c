import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {messageOf} from '../../errors.ts';

export type HookLog = {
	info(text: string): void;
	/** Something failed that does not end the hook. */
	warn(text: string, error: unknown): void;
	close(): void;
};

const openIfThereIsRoom = (stateDir: string, event: string): number | undefined => {
	try {
		mkdirSync(stateDir, {recursive: true, mode: 0o700});
		return openSync(join(stateDir, `oci-hook.${event}.log`), 'w', 0o600);
	} catch {
		return undefined;
	}
};

/**
`oci-hook.<event>.log` in the state directory, anew each time: where nerdctl's hook writes, and where people look. What can not be written there, on
a full disk, must not keep the hook from its work.
*/
export const openHookLog = (stateDir: string, event: string): HookLog => {
	const fd = openIfThereIsRoom(stateDir, event);
	const write = (level: string, text: string): void => {
		if (fd === undefined) return;
		try {
			writeSync(fd, `time=${JSON.stringify(new Date().toISOString())} level=${level} msg=${JSON.stringify(text)}\n`);
		} catch {
			// As said.
		}
	};
	return {
		info: text => write('info', text),
		warn: (text, error) => write('warning', `${text}: ${messageOf(error)}`),
		close: () => (fd === undefined ? undefined : closeSync(fd)),
	};
};
