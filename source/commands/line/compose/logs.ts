import {Failure, isAbort} from '../../../errors.ts';
import {replicasOf} from '../../../model/compose/plan/index.ts';
import type {ContainerRecord} from '../../../model/container.ts';
import {displayName} from '../../../model/grouping.ts';
import {inParallel} from '../in-parallel.ts';
import {placeOfTail, tailOf, type Window} from '../logs.ts';
import {clean} from '../output.ts';
import {timeOf} from '../time-flag.ts';
import {defineLine, type Surroundings} from '../types.ts';
import {composeFlags} from './flags.ts';
import {createFollower} from './follower.ts';
import {createLogPrinter, logLookFlags} from './log-printer.ts';
import {type Past, printMerged, readerOf} from './log-reader.ts';
import {meant} from './meant.ts';
import {composeOf} from './service.ts';

/** A line on stderr about what should be known. */
export const warner = ({stderr, terminal}: Pick<Surroundings, 'stderr' | 'terminal'>) => (text: string): void => void stderr.write(`${clean(`warning: ${text}`, {terminal})}\n`);

export const composeLogs = defineLine({
	verbs: ['compose logs'],
	summary: "Show the logs of a project's containers together, in the order of time",
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		...logLookFlags,
		follow: {type: 'boolean', shortFlag: 'f', help: 'Follow log output, of containers too that start meanwhile'},
		index: {type: 'number', placeholder: 'NUMBER', help: 'Only of the replica with this number'},
		since: {type: 'string', placeholder: 'TIME', help: 'Show logs since a time (2013-01-02T13:23:37Z) or a span back from now (42m)'},
		tail: {type: 'string', shortFlag: 'n', default: 'all', placeholder: 'COUNT', help: 'Number of lines to show from the end of the logs of each container'},
		timestamps: {type: 'boolean', shortFlag: 't', help: 'Show timestamps'},
		until: {type: 'string', placeholder: 'TIME', help: 'Show logs before a time or a span back from now'},
	},
	async run(context) {
		const {services, signal, flags, args, clock} = context;
		const tail = tailOf(flags.tail);
		const [since, until] = [timeOf('since', flags.since, clock()), timeOf('until', flags.until, clock())];
		if (flags.follow && until !== undefined) throw new Failure('invalid', '--until ends what --follow goes on with', {hint: 'leave one of them out'});
		const {name, project} = await meant(context, flags);
		const compose = await composeOf(context);
		const warn = warner(context);
		const window: Window = {...(since === undefined ? {} : {since}), ...(until === undefined ? {} : {until})};
		const chosen = replicasOf(name, {containers: await compose.containers(name, {signal})}, {project, services: args}).filter(({number}) => flags.index === undefined || number === flags.index);
		const printer = createLogPrinter(context, name, {prefix: !flags.noLogPrefix, colour: !flags.noColor, timestamps: flags.timestamps});
		const found = await inParallel(chosen, async ref => {
			const {record} = await services.containers.inspect(ref, {signal});
			const reader = await readerOf(context, record, window);
			if (typeof reader === 'string') {
				warn(`${displayName(record)} has no log that can be shown: ${reader}`);
				return {record, past: undefined};
			}
			const from = tail === undefined ? 'oldest' : await placeOfTail(reader, tail);
			return {record, past: {reader, from, print: printer.of(displayName(record))} satisfies Past};
		});
		const readable = found.filter((one): one is {readonly record: ContainerRecord; readonly past: Past} => one.past !== undefined);
		try {
			const places = await printMerged(
				readable.map(({past}) => past),
				{unfinished: !flags.follow},
			);
			if (!flags.follow) return 0;
			const follower = createFollower(context, {
				...{project: name, warn, signal},
				printerOf: own => printer.of(own),
				isWanted: service => args.length === 0 || args.includes(service),
				onEnd: async () => undefined,
			});
			for (const [at, {record}] of readable.entries()) follower.add(record, places[at] ?? 'oldest');
			follower.seal();
			await follower.settled;
		} catch (error) {
			// Leaving a follow with ctrl-c is how it is meant to end.
			if (!isAbort(error) || !flags.follow) throw error;
		}
		return 0;
	},
});
