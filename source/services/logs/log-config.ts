import {join} from 'node:path';
import {listLogNames, openLog} from '../../clients/host/index.ts';

export type LogConfig = {readonly driver: string; readonly path: string | undefined};

const mostBytes = 64 * 1024;

const parse = (text: string): LogConfig | undefined => {
	try {
		const {driver, opts} = JSON.parse(text) as {driver?: unknown; opts?: Readonly<Record<string, unknown>> | null};
		const path = opts?.['log-path'];
		return typeof driver === 'string' && driver !== '' ? {driver, path: typeof path === 'string' && path !== '' ? path : undefined} : undefined;
	} catch {
		return undefined;
	}
};

const readSmall = async (path: string): Promise<string> => {
	const log = await openLog(path);
	try {
		const buffer = Buffer.alloc(mostBytes);
		return buffer.toString('utf8', 0, await log.read(buffer, mostBytes, 0));
	} finally {
		await log.close();
	}
};

/** From the label (nerdctl 2.0.4 and later), else from `log-config.json` in the state directory. */
export const readLogConfig = async (label: string | undefined, stateDir: string): Promise<LogConfig | undefined> => {
	const fromLabel = label === undefined ? undefined : parse(label);
	if (fromLabel !== undefined) return fromLabel;
	return (await listLogNames(stateDir)).includes('log-config.json') ? parse(await readSmall(join(stateDir, 'log-config.json'))) : undefined;
};
