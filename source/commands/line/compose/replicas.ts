import {Failure} from '../../../errors.ts';
import {type ObservedContainer, replicasOf} from '../../../model/compose/plan/index.ts';
import type {Surroundings} from '../types.ts';
import {meant, type Meant} from './meant.ts';
import {composeOf} from './service.ts';

export const indexFlag = {type: 'number', placeholder: 'NUMBER', help: 'The replica with this number (default the first that runs)'} as const;

/** The containers of the named services, of all without a name; one-off ones are left out. */
export const replicas = async (
	context: Surroundings,
	flags: Parameters<typeof meant>[1],
	services: readonly string[],
): Promise<Meant & {readonly containers: readonly ObservedContainer[]}> => {
	const found = await meant(context, flags);
	const compose = await composeOf(context);
	const containers = replicasOf(found.name, {containers: await compose.containers(found.name, {signal: context.signal})}, {project: found.project, services});
	return {...found, containers: containers.toSorted((one, other) => (one.service < other.service ? -1 : one.service > other.service ? 1 : one.number - other.number))};
};

/** One replica of a service: the one with the number, else the first that runs, else the first. */
export const replica = async (context: Surroundings, flags: Parameters<typeof meant>[1] & {readonly index: number | undefined}, service: string): Promise<ObservedContainer> => {
	const {containers} = await replicas(context, flags, [service]);
	const {index} = flags;
	const found = index === undefined ? (containers.find(({state}) => state === 'running') ?? containers[0]) : containers.find(({number}) => number === index);
	if (found !== undefined) return found;
	throw new Failure('not-found', index === undefined ? `the service ${service} has no container` : `the service ${service} has no container with the number ${index}`, {
		hint: containers.length === 0 ? 'bring it up with compose up' : `there are ${containers.map(({number}) => number).join(', ')}`,
	});
};
