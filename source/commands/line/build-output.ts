import type {Writable} from 'node:stream';
import {StringDecoder} from 'node:string_decoder';
import {padEnd, truncate} from '../../model/cells.ts';
import type {BuildStatus, BuildTrouble, VertexStatus} from '../../model/build.ts';
import {type BuildState, type BuildStep, begunSteps, emptyBuild, reduceBuild, sourceLines} from '../../model/build-steps.ts';
import {coloured, plain} from '../../model/sanitize.ts';
import {bytes} from '../../model/units.ts';
import type {LineTerminal} from './types.ts';

export type BuildOutputView = {
	readonly onStatus: (status: BuildStatus) => void;
	/** The last state is written; nothing is after it. */
	end(): void;
	/** What a failed step had said last. */
	lastLines(vertex: string | undefined): readonly string[];
};

type Screen = {readonly to: Writable; readonly terminal: LineTerminal; readonly clock: () => number};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)}s`;

/** So much of what a step says is kept to say it again when it fails. */
const keptLines = 10;

/** Whole lines out of the pieces of every step's output. UTF-8 may be cut between two of them. */
const createLines = () => {
	const rests = new Map<string, {readonly decoder: StringDecoder; rest: string}>();
	const last = new Map<string, string[]>();
	return {
		push: (vertex: string, piece: Uint8Array): readonly string[] => {
			const held = rests.get(vertex) ?? {decoder: new StringDecoder('utf8'), rest: ''};
			rests.set(vertex, held);
			const lines = (held.rest + held.decoder.write(Buffer.from(piece))).split('\n');
			held.rest = lines.pop() ?? '';
			// What a progress bar writes over itself is told once, as it was last.
			const whole = lines.map(line => coloured(line.replace(/\r$/, '').replace(/^.*\r/, '')));
			last.set(vertex, [...(last.get(vertex) ?? []), ...whole].slice(-keptLines));
			return whole;
		},
		rest: (vertex: string): readonly string[] => {
			const held = rests.get(vertex);
			if (held === undefined || held.rest === '') return [];
			const line = coloured(held.rest);
			held.rest = '';
			last.set(vertex, [...(last.get(vertex) ?? []), line].slice(-keptLines));
			return [line];
		},
		last: (vertex: string): readonly string[] => last.get(vertex) ?? [],
	};
};

const amount = ({current, total}: VertexStatus): string => (total > 0 ? `${bytes(current)} / ${bytes(total)}` : current > 0 ? bytes(current) : '');

const isMoving = (step: BuildStep): boolean => step.state === 'running' || step.state === 'waiting';

/** Each step with its number before every line: what a log can hold, and other tools' people can read. */
const plainView = ({to}: Screen): BuildOutputView => {
	const lines = createLines();
	const named = new Set<string>();
	const ended = new Set<string>();
	const toldStatus = new Set<string>();
	const from = new Map<string, number>();
	let state: BuildState = emptyBuild;

	const name = (step: BuildStep): string => {
		const prefix = `#${step.number}`;
		if (!named.has(step.vertex.digest)) {
			named.add(step.vertex.digest);
			to.write(`\n${prefix} ${plain(step.vertex.name)}\n`);
		}

		return prefix;
	};

	const close = (step: BuildStep): void => {
		const prefix = name(step);
		for (const line of lines.rest(step.vertex.digest)) to.write(`${prefix} ${line}\n`);
		const words = step.state === 'cached' ? 'CACHED' : step.state === 'cancelled' ? 'CANCELED' : step.state === 'failed' ? `ERROR: ${plain(step.vertex.error)}` : `DONE ${seconds(step.elapsedMs)}`;
		const key = `${step.vertex.digest} ${words}`;
		if (ended.has(key)) return;
		ended.add(key);
		to.write(`${prefix} ${words}\n`);
	};

	return {
		onStatus: status => {
			state = reduceBuild(state, status);
			for (const vertex of status.vertexes) {
				const step = state.steps.get(vertex.digest);
				if (step?.number !== undefined) {
					name(step);
					from.set(vertex.digest, vertex.startedAt ?? 0);
				}
			}

			for (const one of status.statuses) {
				const step = state.steps.get(one.vertex);
				if (step?.number === undefined || one.completedAt === undefined || toldStatus.has(`${one.vertex} ${one.id}`)) continue;
				toldStatus.add(`${one.vertex} ${one.id}`);
				to.write(`${[name(step), plain(one.id), amount(one), 'done'].filter(word => word !== '').join(' ')}\n`);
			}

			for (const {vertex, bytes: piece, at} of status.logs) {
				const step = state.steps.get(vertex);
				if (step?.number === undefined) continue;
				const since = Math.max(0, (at ?? 0) - (from.get(vertex) ?? at ?? 0)) / 1000;
				for (const line of lines.push(vertex, piece)) to.write(`${name(step)} ${since.toFixed(3)} ${line}\n`);
			}

			for (const vertex of status.vertexes) {
				const step = state.steps.get(vertex.digest);
				if (step?.number !== undefined && !isMoving(step)) close(step);
			}
		},
		end: () => {
			for (const warning of state.warnings) to.write(`\nWARN: ${plain(warning.short)}${warning.url === '' ? '' : ` (${plain(warning.url)})`}\n`);
		},
		lastLines: vertex => (vertex === undefined ? [] : lines.last(vertex)),
	};
};

/** A person reads no faster. */
const drawnEveryMs = 100;

/** Of what a running step says, so many lines stand below it. */
const shownLogLines = 4;

/** The whole state, drawn over the last one. What does not fit is left out from the oldest steps that are over. */
const liveView = ({to, terminal, clock}: Screen): BuildOutputView => {
	const lines = createLines();
	const startedAt = clock();
	let state: BuildState = emptyBuild;
	let drawn = 0;
	let timer: NodeJS.Timeout | undefined;
	let size = {columns: terminal.columns, rows: terminal.rows};
	const forget = terminal.onResize(next => {
		size = next;
	});

	const stepLine = (step: BuildStep): string => {
		const mark = {waiting: ' ', running: '>', done: '=', cached: 'C', failed: '!', cancelled: 'x'}[step.state];
		const time = step.state === 'running' ? Math.max(0, clock() - (step.vertex.startedAt ?? clock())) + step.elapsedMs : step.elapsedMs;
		const word = step.state === 'cached' ? 'CACHED ' : step.state === 'failed' ? 'ERROR ' : step.state === 'cancelled' ? 'CANCELED ' : '';
		const width = Math.max(1, size.columns - 11);
		return `${mark} ${padEnd(truncate(word + plain(step.vertex.name), width), width)} ${seconds(time).padStart(7)}`;
	};

	const below = (step: BuildStep): readonly string[] => {
		if (step.state !== 'running') return [];
		const counts = step.statuses.filter(({completedAt}) => completedAt === undefined).map(status => `    ${plain(status.id)} ${amount(status)}`);
		return [...counts.slice(-shownLogLines), ...lines.last(step.vertex.digest).slice(-shownLogLines).map(line => `    ${plain(line)}`)];
	};

	const draw = (isLast: boolean): void => {
		timer = undefined;
		const steps = begunSteps(state);
		const over = steps.filter(step => !isMoving(step)).length;
		const head = `[+] Building ${seconds(clock() - startedAt)} (${over}/${state.steps.size})`;
		const groups = steps.map(step => [stepLine(step), ...(isLast ? [] : below(step))]);
		const room = isLast ? Number.POSITIVE_INFINITY : Math.max(1, size.rows - 2);
		let count = groups.reduce((sum, group) => sum + group.length, 0);
		const kept = groups.filter((group, index) => {
			if (count <= room || isMoving(steps[index]!)) return true;
			count -= group.length;
			return false;
		});
		const all = [head, ...kept.flat().slice(0, room)].map(text => truncate(text, Math.max(1, size.columns - 1)));
		to.write(`${drawn === 0 ? '' : `\u001B[${drawn}A`}${all.map(text => `\r${text}\u001B[K\n`).join('')}\u001B[J`);
		drawn = all.length;
	};

	return {
		onStatus: status => {
			state = reduceBuild(state, status);
			for (const {vertex, bytes: piece} of status.logs) lines.push(vertex, piece);
			timer ??= setTimeout(() => draw(false), drawn === 0 ? 0 : drawnEveryMs);
		},
		end: () => {
			clearTimeout(timer);
			draw(true);
			forget();
			for (const warning of state.warnings) to.write(`WARN: ${plain(warning.short)}\n`);
		},
		lastLines: vertex => (vertex === undefined ? [] : [...lines.last(vertex), ...lines.rest(vertex)]),
	};
};

/** One object a line, as the daemon told it; output in base64, because it need not be text. */
const jsonView = ({to}: Screen): BuildOutputView => ({
	onStatus: status => void to.write(`${JSON.stringify({...status, logs: status.logs.map(({bytes: piece, ...log}) => ({...log, data: Buffer.from(piece).toString('base64')}))})}\n`),
	end: () => {},
	lastLines: () => [],
});

export const buildOutputView = (kind: 'plain' | 'tty' | 'json', screen: Screen): BuildOutputView =>
	kind === 'plain' ? plainView(screen) : kind === 'tty' ? liveView(screen) : jsonView(screen);

/** Where in the Dockerfile it went wrong, and what the step had said: below the steps, before the sentence. */
export const troubleLines = (trouble: BuildTrouble, said: readonly string[]): readonly string[] => {
	const log = said.length === 0 ? [] : ['------', ...said, '------'];
	const places = trouble.sources.flatMap(source => {
		const lines = sourceLines(source);
		if (lines.length === 0) return [];
		const first = lines.find(({isMeant}) => isMeant)?.number ?? 0;
		return [
			`${plain(source.file)}:${first}`,
			'--------------------',
			...lines.map(({number, text, isMeant}) => `${String(number).padStart(4)} | ${isMeant ? '>>>' : '   '} ${plain(text.replaceAll('\t', '    '))}`),
			'--------------------',
		];
	});
	return [...log, ...places];
};
