import {eachContainer} from './each-container.ts';
import {signalFlag, timeFlag} from './signal-flag.ts';
import {defineLine} from './types.ts';

export const stopFlags = {
	time: {
		type: 'number',
		shortFlag: 't',
		placeholder: 'SECONDS',
		help: "Seconds to wait before sending a SIGKILL (default the container's own, else 10)",
	},
	signal: {type: 'string', shortFlag: 's', placeholder: 'SIGNAL', help: "Signal to send (default the container's own, else SIGTERM)"},
} as const;

/** Only what was said: the container's own stop signal and timeout hold otherwise. */
export const stopOptions = (flags: {readonly time: number | undefined; readonly signal: string | undefined}, signal: AbortSignal) => {
	const [timeoutMs, stopSignal] = [timeFlag(flags.time), signalFlag(flags.signal)];
	return {signal, ...(timeoutMs === undefined ? {} : {timeoutMs}), ...(stopSignal === undefined ? {} : {stopSignal})};
};

export const stop = defineLine({
	verbs: ['stop', 'container stop'],
	summary: 'Stop one or more running containers',
	usage: '[flags] CONTAINER [CONTAINER, ...]',
	arity: {least: 1},
	flags: stopFlags,
	run(context) {
		const options = stopOptions(context.flags, context.signal);
		return eachContainer(context, container => context.services.containers.stop(container, options));
	},
});
