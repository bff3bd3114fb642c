import {isAbort} from '../../../errors.ts';
import {composeLabels} from '../../../model/compose/request/index.ts';
import {type EngineEvent, engineEvent} from '../../../model/docker-engine-event.ts';
import type {DaemonEvent} from '../../../model/event.ts';
import {untilTime} from '../events.ts';
import {pastEvents} from '../past-events.ts';
import {print} from '../output.ts';
import {timeOf} from '../time-flag.ts';
import {defineLine, type Surroundings} from '../types.ts';
import {composeFlags} from './flags.ts';
import {meant} from './meant.ts';

type About = {readonly image: string; readonly labels: Readonly<Record<string, string>>};

/** What is known of containers, kept: of one that is gone nobody else knows the project. */
const rememberer = ({services, signal}: Surroundings) => {
	const known = new Map<string, About>();
	return async ({namespace, containerId: id}: {readonly namespace: string; readonly containerId: string}): Promise<About | undefined> => {
		if (!known.has(id)) {
			const found = await services.containers.inspect({namespace, id}, {signal}).catch(() => undefined);
			if (found !== undefined) known.set(id, found.record);
		}
		return known.get(id);
	};
};

const attributesOf = ({attributes}: EngineEvent): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(attributes).filter(([key]) => !key.startsWith('com.docker.compose.')));

/** As docker compose prints it: UTC, and without the labels that it writes itself. */
const lineOf = (event: EngineEvent): string => {
	const said = Object.entries(attributesOf(event)).sort(([one], [other]) => (one < other ? -1 : 1));
	return `${new Date(event.at).toISOString().replace('T', ' ').replace('Z', '000')} container ${event.Action} ${event.id} (${said.map(([key, value]) => `${key}=${value}`).join(', ')})`;
};

const jsonOf = (event: EngineEvent, service: string): string =>
	JSON.stringify({time: new Date(event.at).toISOString(), type: 'container', service, id: event.id, action: event.Action, attributes: attributesOf(event)});

export const composeEvents = defineLine({
	verbs: ['compose events'],
	summary: "Get real time events of a project's containers",
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		json: {type: 'boolean', help: 'Each event as an object of JSON'},
		since: {type: 'string', placeholder: 'TIME', help: 'Begin with what is still known since a time or a span back from now'},
		until: {type: 'string', placeholder: 'TIME', help: 'End at a time'},
	},
	async run(context) {
		const {containerd, global, signal, flags, args, clock} = context;
		const [since, until] = [timeOf('since', flags.since, clock()), timeOf('until', flags.until, clock())];
		const {name} = await meant(context, flags);
		const aboutOf = rememberer(context);
		const show = async (event: DaemonEvent): Promise<void> => {
			if (event.namespace !== global.namespace || !('containerId' in event)) return;
			const about = await aboutOf(event);
			const service = about?.labels[composeLabels.service] ?? '';
			const isWanted = about?.labels[composeLabels.project] === name && (args.length === 0 || args.includes(service));
			const shown = isWanted ? engineEvent(event, about) : undefined;
			if (shown?.Type === 'container') await print(context, `${flags.json ? jsonOf(shown, service) : lineOf(shown)}\n`);
		};
		if (since !== undefined) for (const event of await pastEvents(context, since, Math.min(until ?? clock(), clock()))) await show(event);
		if (until !== undefined && until <= clock()) return 0;
		try {
			for await (const event of containerd.events({signal: untilTime(context, until)})) await show(event);
		} catch (error) {
			if (!isAbort(error) || signal.aborted) throw error;
		}
		signal.throwIfAborted();
		return 0;
	},
});
