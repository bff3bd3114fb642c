import {signalFlag, timeFlag} from '../signal-flag.ts';
import {defineLine} from '../types.ts';
import {dryRunFlag, eachReplica} from './each.ts';
import {composeFlags} from './flags.ts';

const plainFlags = {...composeFlags, dryRun: dryRunFlag} as const;

const timeout = {type: 'number', shortFlag: 't', placeholder: 'SECONDS', help: "Seconds to wait before a SIGKILL (default the containers' own, else 10)"} as const;

const usage = '[flags] [SERVICE, ...]';

const timeoutOf = (seconds: number | undefined) => {
	const timeoutMs = timeFlag(seconds);
	return timeoutMs === undefined ? {} : {timeoutMs};
};

export const composeStart = defineLine({
	verbs: ['compose start'],
	summary: "Start a project's containers",
	usage,
	arity: {least: 0},
	flags: plainFlags,
	refused: {wait: 'use up --wait', 'wait-timeout': 'use up --wait'},
	run: context => eachReplica(context, {verb: 'start'}),
});

export const composeStop = defineLine({
	verbs: ['compose stop'],
	summary: "Stop a project's containers",
	usage,
	arity: {least: 0},
	flags: {...plainFlags, timeout},
	run: context => eachReplica(context, {verb: 'stop'}, timeoutOf(context.flags.timeout)),
});

export const composeRestart = defineLine({
	verbs: ['compose restart'],
	summary: "Restart a project's containers, with those that their file wants restarted with them",
	usage,
	arity: {least: 0},
	flags: {...plainFlags, timeout, noDeps: {type: 'boolean', help: 'Leave out services that depend on the named ones'}},
	run: context => eachReplica(context, {verb: 'restart', dependants: !context.flags.noDeps}, timeoutOf(context.flags.timeout)),
});

export const composeKill = defineLine({
	verbs: ['compose kill'],
	summary: "Send a signal to a project's running containers",
	usage,
	arity: {least: 0},
	flags: {...plainFlags, signal: {type: 'string', shortFlag: 's', default: 'KILL', placeholder: 'SIGNAL', help: 'Signal to send'}},
	refused: {'remove-orphans': 'use up or down with it'},
	run: context => eachReplica(context, {verb: 'kill'}, {killSignal: signalFlag(context.flags.signal) ?? 9}),
});

export const composePause = defineLine({
	verbs: ['compose pause'],
	summary: "Pause all processes of a project's containers",
	usage,
	arity: {least: 0},
	flags: plainFlags,
	run: context => eachReplica(context, {verb: 'pause'}),
});

export const composeUnpause = defineLine({
	verbs: ['compose unpause'],
	summary: "Unpause a project's containers",
	usage,
	arity: {least: 0},
	flags: plainFlags,
	run: context => eachReplica(context, {verb: 'unpause'}),
});
