import {readFileSync} from 'node:fs';
import {join} from 'node:path';

export type LogConfig = {
	/** `none` throws away; every other driver is written as json-file, because lost lines can't be had again. */
	readonly driver: string;
	readonly path: string;
	readonly maxBytes: number;
	/** Including the one that is being written. */
	readonly maxFiles: number;
};

/** What nerdctl's rotation falls back to when no `max-size` is given. */
const defaultMaxBytes = 100 * 1024 * 1024;

const units: Readonly<Record<string, number>> = {'': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12, p: 1e15};

/** A human size as docker's `max-size` takes it: decimal units, `10m` is ten million. Undefined when it is none. */
export const parseSize = (text: string): number | undefined => {
	const found = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)(?:i?b)?$/i.exec(text.trim());
	if (found === null) return undefined;
	const bytes = Math.floor(Number(found[1]) * units[found[2]!.toLowerCase()]!);
	return bytes > 0 ? bytes : undefined;
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
Read `log-config.json` of a container's state directory. nerdctl refuses an option it does not understand; by the time we run the
container is being started, so here a bad option falls back to the default: a log with other limits beats no log.
*/
export const readLogConfig = (stateDir: string, id: string): LogConfig => {
	let json: {driver?: unknown; opts?: Record<string, unknown>} = {};
	try {
		json = JSON.parse(readFileSync(join(stateDir, 'log-config.json'), 'utf8')) ?? {};
	} catch {
		// Missing or broken: the defaults are what nerdctl would have written.
	}

	const options = json.opts ?? {};
	const maxFiles = Number.parseInt(text(options['max-file']) ?? '1', 10);
	return {
		driver: text(json.driver) ?? 'json-file',
		path: text(options['log-path']) ?? join(stateDir, `${id}-json.log`),
		maxBytes: parseSize(text(options['max-size']) ?? '') ?? defaultMaxBytes,
		maxFiles: Number.isNaN(maxFiles) ? 1 : Math.max(1, maxFiles),
	};
};
