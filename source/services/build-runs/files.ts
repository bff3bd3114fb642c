import {randomBytes} from 'node:crypto';
import {mkdir, open, readdir, readFile, rename, rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {BuildTrouble} from '../../model/build.ts';
import type {BuildDetail, BuildRun, BuildSource} from '../../model/build-run.ts';
import type {BuildStep} from '../../model/build-steps.ts';
import {coloured} from '../../model/sanitize.ts';
import type {StepLog} from '../../model/step-logs.ts';
import {detailOf} from './tracker.ts';

/** So many builds are remembered; the oldest go. */
const mostRuns = 50;

/** Characters of output that are written down of one build: the last of each step. */
const writtenSize = 1024 * 1024;

/** What a file holds that another version wrote differently is not read. */
const version = 1;

type Inside = {readonly steps: readonly BuildStep[]; readonly warnings: BuildDetail['state']['warnings']; readonly trouble: BuildTrouble | undefined; readonly source: BuildSource | undefined; readonly logs: Readonly<Record<string, StepLog>>};

const isId = (text: string): boolean => /^[0-9a-z]{8,64}$/.test(text);

const readJson = async (path: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
	try {
		const value: unknown = JSON.parse(await readFile(path, 'utf8'));
		return typeof value === 'object' && value !== null && (value as {version?: unknown}).version === version ? (value as Readonly<Record<string, unknown>>) : undefined;
	} catch {
		// None, half of one from before a crash of the machine, or not for us to read: the build is not remembered.
		return undefined;
	}
};

const writeWhole = async (folder: string, name: string, value: object): Promise<void> => {
	await mkdir(folder, {recursive: true, mode: 0o700});
	const temporary = join(folder, `.${name}.${randomBytes(6).toString('hex')}`);
	try {
		const file = await open(temporary, 'wx', 0o600);
		try {
			await file.writeFile(JSON.stringify({version, ...value}));
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(temporary, join(folder, name));
	} catch (error) {
		await rm(temporary, {force: true});
		throw error;
	}
};

const isRun = (value: unknown): value is BuildRun => {
	const run = value as Partial<Record<keyof BuildRun, unknown>> | undefined;
	return typeof run === 'object' && run !== null && typeof run.id === 'string' && isId(run.id) && typeof run.startedAt === 'number' && typeof run.outcome === 'string' && typeof run.context === 'string' && Array.isArray(run.tags) && typeof run.counts === 'object';
};

/** Each step's share of what is written is the same; what one does not need is not given to others. */
const logsOf = (detail: BuildDetail): Inside['logs'] => {
	const {steps} = detail.state;
	const share = Math.floor(writtenSize / Math.max(1, steps.size));
	return Object.fromEntries(
		[...steps.keys()].flatMap((vertex) => {
			const {lines, dropped} = detail.logOf(vertex);
			if (lines.length === 0) return [];
			let from = lines.length;
			for (let size = 0; from > 0; from -= 1) {
				size += (lines[from - 1]?.length ?? 0) + 1;
				if (size > share) break;
			}
			return [[vertex, {lines: lines.slice(from), dropped: dropped + from}]];
		}),
	);
};

export type RunFiles = {
	/** Newest names come in no order. */
	read(): Promise<readonly BuildRun[]>;
	write(run: BuildRun): Promise<void>;
	writeInside(id: string, detail: BuildDetail): Promise<void>;
	readInside(id: string): Promise<BuildDetail | undefined>;
	forget(id: string): Promise<void>;
};

/** Two files per build: `ID.json`, which lists are made of, and `ID.steps.json`, read when somebody looks. */
export const createRunFiles = (folder: string): RunFiles => {
	const forget = async (id: string) => {
		await rm(join(folder, `${id}.json`), {force: true});
		await rm(join(folder, `${id}.steps.json`), {force: true});
	};
	const read = async (): Promise<readonly BuildRun[]> => {
		const names = await readdir(folder).catch(() => []);
		const ids = names.flatMap((name) => /^([0-9a-z]+)\.json$/.exec(name)?.[1] ?? []);
		const found = await Promise.all(ids.map(async (id) => (await readJson(join(folder, `${id}.json`)))?.['run']));
		return found.filter(isRun);
	};
	return {
		read,
		async write(run) {
			await writeWhole(folder, `${run.id}.json`, {run});
			const old = [...(await read())].sort((a, b) => b.startedAt - a.startedAt).slice(mostRuns);
			for (const {id} of old) await forget(id);
		},
		async writeInside(id, detail) {
			const {state, trouble, source} = detail;
			const inside: Inside = {steps: [...state.steps.values()], warnings: state.warnings, trouble, source, logs: logsOf(detail)};
			await writeWhole(folder, `${id}.steps.json`, {inside});
		},
		async readInside(id) {
			const kept = isId(id) ? ((await readJson(join(folder, `${id}.steps.json`)))?.['inside'] as Partial<Inside> | undefined) : undefined;
			if (kept === undefined || !Array.isArray(kept.steps) || !Array.isArray(kept.warnings) || typeof kept.logs !== 'object') return undefined;
			const steps = new Map((kept.steps as Inside['steps']).map((step) => [step.vertex.digest, step]));
			const logs = new Map(Object.entries(kept.logs).map(([vertex, {lines, dropped}]) => [vertex, {lines: lines.map((line) => coloured(String(line))), dropped}]));
			const nothing: StepLog = {lines: [], dropped: 0};
			const state = {steps, warnings: kept.warnings as Inside['warnings'], numbered: steps.size};
			return detailOf({state, trouble: kept.trouble, source: kept.source}, {
				of: (vertex) => logs.get(vertex) ?? nothing,
				last: (vertex) => logs.get(vertex)?.lines.at(-1) ?? '',
			});
		},
		forget,
	};
};
