import {Failure, isAbort} from '../../errors.ts';
import type {ContainerRecord} from '../../model/container.ts';
import {jsonLabel} from '../../model/docker-labels.ts';
import {processOf, recordOf, type Spec, stringsOf, textOf} from '../../model/docker-spec.ts';
import {labels} from '../../model/labels.ts';
import type {LogPosition, LogRecord} from '../../model/log-record.ts';
import type {ReadableLogSource} from '../../model/log-source.ts';
import {coloured} from '../../model/sanitize.ts';
import {write} from './output.ts';
import {timeOf} from './time-flag.ts';
import type {LogPage} from '../../services/logs/index.ts';
import {defineLine, type Surroundings} from './types.ts';

export type Printer = (records: readonly LogRecord[]) => Promise<void>;
export type Window = {readonly since?: number; readonly until?: number};

/** RFC 3339 with the nanoseconds that the log has and a JavaScript date does not. */
export const stamp = ({at, nanos}: LogRecord): string => {
	if (at === undefined) return '';
	const seconds = new Date(at).toISOString().slice(0, 19);
	const fraction = String(nanos ?? (at % 1000) * 1e6)
		.padStart(9, '0')
		.replace(/0+$/, '');
	return `${seconds}${fraction === '' ? '' : `.${fraction}`}Z `;
};

/** stdout's lines to stdout, stderr's to stderr; what we say about the file is not the container's output. */
const printer = ({stdout, stderr, terminal}: Surroundings, prefix: string, timestamps: boolean): Printer => {
	const continues = {stdout: false, stderr: false};
	return async records => {
		const text = {stdout: '', stderr: ''};
		for (const record of records) {
			if (record.notice === true) continue;
			const {stream} = record;
			const start = continues[stream] ? '' : prefix + (timestamps ? stamp(record) : '');
			continues[stream] = record.partial === true;
			text[stream] += `${start}${terminal.isTTY ? coloured(record.text) : record.text}${continues[stream] ? '' : '\n'}`;
		}
		await write(stdout, text.stdout);
		await write(stderr, text.stderr);
	};
};

/** `--details`: the variables and labels that the log options name, as docker puts them before each line. */
const detailsOf = (container: ContainerRecord, spec: Spec | undefined): string => {
	const options = recordOf(recordOf(jsonLabel(container.labels, labels.logConfig))['opts']);
	const names = (option: string) =>
		textOf(options[option])
			.split(',')
			.filter(name => name !== '');
	const env = new Map(stringsOf(processOf(spec)['env']).map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
	const pairs = [
		...names('env').flatMap(name => (env.has(name) ? [`${name}=${env.get(name)}`] : [])),
		...names('labels').flatMap(name => (container.labels[name] === undefined ? [] : [`${name}=${container.labels[name]}`])),
	];
	return `${pairs.sort().join(',')} `;
};

export const tailOf = (text: string): number | undefined => {
	if (text === 'all' || text === '') return undefined;
	if (!/^\d+$/.test(text)) throw new Failure('invalid', `"-n, --tail" wants a number or "all", and got ${JSON.stringify(text)}`);
	return Number(text);
};

export const pageSize = 1000;

export type Reader = {
	readonly services: Pick<Surroundings['services'], 'logs'>;
	readonly source: ReadableLogSource;
	readonly window: Window;
	readonly signal: AbortSignal;
};

/** The place from which the last `count` lines are to be printed: pages are walked backwards and let go, so that a large count needs no memory. */
export const placeOfTail = async ({services, source, window, signal}: Reader, count: number): Promise<LogPosition | 'oldest' | undefined> => {
	let place: LogPosition | undefined;
	for (let left = count; ; ) {
		const page: LogPage = await services.logs.read(source, {
			...window,
			signal,
			limit: Math.max(1, Math.min(left, pageSize)),
			...(place === undefined ? {} : {before: place}),
		});
		// With a count of zero the page is only asked for where the log ends.
		if (count === 0) return page.end;
		place = page.start ?? place;
		left -= page.records.filter(({partial, notice}) => partial !== true && notice !== true).length;
		if (left <= 0 || page.atStart || page.records.length === 0) break;
	}
	return startOfLine({services, source, window, signal}, place);
};

/** The first of the lines may be in pieces: then its earlier ones belong to it. */
const startOfLine = async ({services, source, window, signal}: Reader, from: LogPosition | undefined): Promise<LogPosition | undefined> => {
	for (let place = from; ; ) {
		if (place === undefined) return place;
		const {records, start}: LogPage = await services.logs.read(source, {...window, signal, limit: 1, before: place});
		if (records[0]?.partial !== true) return place;
		place = start;
	}
};

/** Prints forward from a place to where the log ends now; answers that place. `unfinished`: also a last line without a line break, to which nothing is expected to be added. */
export const printFrom = async (
	{services, source, window, signal}: Reader,
	from: LogPosition | 'oldest',
	print: Printer,
	unfinished: boolean,
): Promise<LogPosition | undefined> => {
	let place: LogPosition | 'oldest' = from;
	for (;;) {
		const page = await services.logs.read(source, {...window, signal, after: place, limit: pageSize, unfinished});
		await print(page.records);
		if (page.end !== undefined) place = page.end;
		if (page.atEnd || page.records.length === 0) return place === 'oldest' ? undefined : place;
	}
};

const drainMs = 100;

/** A logger may still be writing when its container has ended: until nothing came for a moment. */
export const drain = async ({signal, sleep}: Pick<Surroundings, 'signal' | 'sleep'>, reader: Reader, from: LogPosition | undefined, print: Printer): Promise<LogPosition | undefined> => {
	for (let place = from; ; ) {
		await sleep(drainMs, signal);
		const after: LogPosition | undefined = await printFrom(reader, place ?? 'oldest', print, false);
		if (after === undefined || (after.offset === place?.offset && after.file.inode === place.file.inode)) return printFrom(reader, place ?? 'oldest', print, true);
		place = after;
	}
};

/** Follows while the process runs, then takes what its logger still writes. Answers where the log ends then. */
export const follow = async (
	context: Surroundings,
	container: ContainerRecord,
	reader: Reader,
	from: LogPosition | undefined,
	print: Printer,
): Promise<LogPosition | undefined> => {
	const {services, signal} = context;
	const {until} = reader.window;
	const ended = new AbortController();
	const stop = AbortSignal.any([signal, ended.signal]);
	const exited = services.containers
		.wait(container, {signal: stop})
		.catch(() => undefined)
		.finally(() => ended.abort());
	let place = from;
	try {
		for await (const {records, position} of services.logs.follow(reader.source, {from, signal: stop})) {
			await print(until === undefined ? records : records.filter(({at}) => at === undefined || at <= until));
			place = position ?? place;
		}
	} catch (error) {
		if (!isAbort(error) || signal.aborted) throw error;
	} finally {
		ended.abort();
		await exited;
	}
	signal.throwIfAborted();
	return drain(context, reader, place, print);
};

export const logs = defineLine({
	verbs: ['logs', 'container logs'],
	summary: 'Show the logs of a container',
	usage: '[flags] CONTAINER',
	arity: {least: 1, most: 1},
	flags: {
		details: {type: 'boolean', help: 'Show the variables and labels that the log options name'},
		follow: {type: 'boolean', shortFlag: 'f', help: 'Follow log output'},
		since: {type: 'string', placeholder: 'TIME', help: 'Show logs since a time (2013-01-02T13:23:37Z) or a span back from now (42m)'},
		tail: {type: 'string', shortFlag: 'n', default: 'all', placeholder: 'COUNT', help: 'Number of lines to show from the end of the logs'},
		timestamps: {type: 'boolean', shortFlag: 't', help: 'Show timestamps'},
		until: {type: 'string', placeholder: 'TIME', help: 'Show logs before a time or a span back from now'},
	},
	async run(context) {
		const {services, global, signal, flags, args, clock} = context;
		const tail = tailOf(flags.tail);
		const [since, until] = [timeOf('since', flags.since, clock()), timeOf('until', flags.until, clock())];
		const container = await services.containers.find(global.namespace, args[0] ?? '', {signal});
		const source = await services.logs.locate(container);
		if (source.kind === 'none')
			throw new Failure(
				'unsupported',
				`Could not show the logs of ${args[0]}: ${source.reason}`,
				source.hint === undefined ? {} : {hint: source.hint},
			);
		const {task, spec} = await services.containers.inspect(container, {signal});
		const window: Window = {...(since === undefined ? {} : {since}), ...(until === undefined ? {} : {until})};
		const reader: Reader = {services, source, window, signal};
		const print = printer(context, flags.details ? detailsOf(container, spec) : '', flags.timestamps);
		try {
			const from = tail === undefined ? 'oldest' : await placeOfTail(reader, tail);
			const place = from === undefined ? undefined : await printFrom(reader, from, print, !flags.follow);
			if (flags.follow)
				await (task?.status === 'running' ? follow(context, container, reader, place, print) : drain(context, reader, place, print));
		} catch (error) {
			// Leaving a follow with ctrl-c is how it is meant to end.
			if (!isAbort(error) || !flags.follow) throw error;
		}
		return 0;
	},
});
