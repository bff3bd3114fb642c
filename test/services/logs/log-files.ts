import {appendFileSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach} from 'vitest';
import {createLogs, type LogsService} from '../../../source/services/logs/index.ts';
import type {LogRecord} from '../../../source/model/log-record.ts';

/** 2026-11-24T03:42:20Z. */
export const start = Date.UTC(2026, 10, 24, 3, 42, 20);

export const jsonLine = (text: string, at = start, stream = 'stdout'): string =>
	`{"log":${JSON.stringify(`${text}\n`)},"stream":"${stream}","time":"${new Date(at).toISOString().replace('Z', '000001Z')}"}\n`;

export const criLine = (text: string, at = start, tag = 'F'): string => `${new Date(at).toISOString().replace('Z', '000001Z')} stdout ${tag} ${text}\n`;

export const jsonLines = (from: number, count: number, make: (index: number) => string = index => `line ${index}`): string =>
	Array.from({length: count}, (_, index) => jsonLine(make(from + index), start + (from + index) * 10)).join('');

export type LogFolder = {
	readonly directory: string;
	readonly logs: LogsService;
	readonly path: (name?: string) => string;
	readonly write: (text: string | Uint8Array, name?: string) => void;
	readonly append: (text: string | Uint8Array, name?: string) => void;
};

const folders: string[] = [];

afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true});
});

/** A directory with logs in it, gone after the test. */
export const createLogFolder = (): LogFolder => {
	const directory = mkdtempSync(join(tmpdir(), 'gantry-logs-'));
	folders.push(directory);
	const path = (name = 'x-json.log'): string => join(directory, name);
	return {
		directory,
		logs: createLogs({host: {stateDir: ({id}) => join(directory, 'state', id)}, podLogs: join(directory, 'pods'), dockerRoot: join(directory, 'docker')}),
		path,
		write: (text, name) => writeFileSync(path(name), text),
		append: (text, name) => appendFileSync(path(name), text),
	};
};

export const textsOf = (records: readonly LogRecord[]): readonly string[] => records.map(({text}) => text);
