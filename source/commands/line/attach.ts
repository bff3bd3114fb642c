import {PassThrough} from 'node:stream';
import {Failure} from '../../errors.ts';
import {processOf} from '../../model/docker-spec.ts';
import type {LogRecord} from '../../model/log-record.ts';
import type {AttachedContainer} from '../../services/containers/index.ts';
import {watchContainer} from './foreground.ts';
import {follow, placeOfTail, type Printer} from './logs.ts';
import {write} from './output.ts';
import {detachKeysFlag, parseDetachKeys} from './detach-keys.ts';
import {defineLine} from './types.ts';

const textOf = ({text, partial}: LogRecord): string => (partial === true ? text : `${text}\n`);

/** What the log brings, as the two streams it once was. */
const outputs = (): {readonly stdout: PassThrough; readonly stderr: PassThrough; readonly print: Printer; end(): void} => {
	const streams = {stdout: new PassThrough(), stderr: new PassThrough()};
	return {
		...streams,
		print: async records => {
			for (const record of records) if (record.notice !== true) await write(streams[record.stream], textOf(record));
		},
		end: () => {
			streams.stdout.end();
			streams.stderr.end();
		},
	};
};

export const attach = defineLine({
	verbs: ['attach', 'container attach'],
	summary: 'Attach to a running container: its output from now on, and its input where it has one',
	usage: '[flags] CONTAINER',
	arity: {least: 1, most: 1},
	flags: {
		detachKeys: detachKeysFlag,
		noStdin: {type: 'boolean', help: 'Do not attach STDIN'},
		sigProxy: {type: 'boolean', default: true, help: 'Pass received signals on to the process'},
	},
	async run(context) {
		const {services, global, signal, flags, args, stderr, terminal: screen} = context;
		const name = args[0] ?? '';
		const detachKeys = parseDetachKeys(flags.detachKeys);
		const container = await services.containers.find(global.namespace, name, {signal});
		const reached = await services.containers.reach(container, {signal});
		const stop = new AbortController();
		try {
			const [source, {spec}] = await Promise.all([services.logs.locate(container), services.containers.inspect(container, {signal})]);
			if (source.kind === 'none')
				throw new Failure('unsupported', `Could not attach to ${name}: its output is read from its log, and ${source.reason}`, source.hint === undefined ? {} : {hint: source.hint});
			if (reached.stdin === undefined && screen.isInputTTY && !flags.noStdin)
				stderr.write(`${name} was started without an input that can be reached: what you type does not get to it\n`);
			const reader = {services, source, window: {}, signal: AbortSignal.any([signal, stop.signal])};
			const from = await placeOfTail(reader, 0);
			const {print, end, ...streams} = outputs();
			const followed = follow({...context, signal: reader.signal}, container, reader, from === 'oldest' ? undefined : from, print);
			followed.then(end, end);
			const attached: AttachedContainer = {
				...reached,
				...streams,
				wait: async () => {
					const exit = await reached.wait();
					await followed;
					return exit;
				},
			};
			const watched = await watchContainer(attached, context, {
				terminal: processOf(spec)['terminal'] === true,
				detachKeys,
				sigProxy: flags.sigProxy,
				streams: flags.noStdin ? new Set(['stdout', 'stderr']) : undefined,
			});
			return watched === 'detached' ? 0 : watched.exitStatus;
		} finally {
			stop.abort();
			reached.leave();
		}
	},
});
