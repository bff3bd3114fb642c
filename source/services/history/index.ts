import {randomBytes} from 'node:crypto';
import {mkdir, open, readFile, rename, rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {plain} from '../../model/sanitize.ts';
import type {HistoryService} from './types.ts';

export type {FormKind, HistoryKind, HistoryService} from './types.ts';

const mostLines = 200;
const mostLineLength = 1024;

const readLines = async (path: string): Promise<readonly string[]> => {
	try {
		return (await readFile(path, 'utf8')).split('\n').map((line) => plain(line)).filter((line) => line !== '' && line.length <= mostLineLength);
	} catch {
		// There is none yet, or it is not for us to read: a prompt works without.
		return [];
	}
};

const writeWhole = async (path: string, text: string): Promise<void> => {
	await mkdir(dirname(path), {recursive: true, mode: 0o700});
	const temporary = `${path}.${randomBytes(6).toString('hex')}`;
	try {
		const file = await open(temporary, 'wx', 0o600);
		try {
			await file.writeFile(text);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, {force: true});
		throw error;
	}
};

/** A form is filled with text and nothing else, and no text drives the terminal, whatever stands in the file. */
const readForm = async (path: string): Promise<Readonly<Record<string, string>>> => {
	try {
		const kept: unknown = JSON.parse(await readFile(path, 'utf8'));
		return Object.fromEntries(Object.entries(kept ?? {}).flatMap(([field, text]) => (typeof text === 'string' ? [[field, plain(text)]] : [])));
	} catch {
		// None yet, or broken: the form starts empty.
		return {};
	}
};

/** What was typed into prompts, a line each in a file per kind of prompt, newest last. Two dashboards that write at once lose a line, never a file. */
export const createHistory = (stateDirectory: string): HistoryService => {
	const pathOf = (kind: string): string => join(stateDirectory, `${kind}-history`);
	const formPath = (form: string): string => join(stateDirectory, `${form}-form.json`);
	return {
		recent: async (kind) => (await readLines(pathOf(kind))).slice(-mostLines).reverse(),
		add: async (kind, line) => {
			if (line.length > mostLineLength || line === '' || plain(line) !== line) return;
			const before = (await readLines(pathOf(kind))).filter((each) => each !== line);
			await writeWhole(pathOf(kind), [...before, line].slice(-mostLines).map((each) => `${each}\n`).join(''));
		},
		forget: async (kind, line) => {
			const before = await readLines(pathOf(kind));
			if (before.includes(line)) await writeWhole(pathOf(kind), before.filter((each) => each !== line).map((each) => `${each}\n`).join(''));
		},
		filled: async (form) => readForm(formPath(form)),
		fill: async (form, values) => writeWhole(formPath(form), JSON.stringify(values)),
	};
};
