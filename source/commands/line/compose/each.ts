import type {EachOptions} from '../../../model/compose/plan/index.ts';
import type {EachCall} from '../../../services/compose/index.ts';
import type {LineContext} from '../types.ts';
import {meant} from './meant.ts';
import type {composeFlags} from './flags.ts';
import type {ValuesOf} from '../flag-types.ts';
import {composeOf, printDryRun, teller} from './service.ts';

export const dryRunFlag = {type: 'boolean', help: 'Print what would be done, and why'} as const;

type Values = ValuesOf<typeof composeFlags> & {readonly dryRun: boolean};

/** One verb for the containers of the services that the arguments name. */
export const eachReplica = async (
	context: LineContext<Values>,
	options: Omit<EachOptions, 'project' | 'services'>,
	call: Pick<EachCall, 'timeoutMs' | 'killSignal' | 'volumes'> = {},
): Promise<number> => {
	const {flags, args, signal} = context;
	const {name, project} = await meant(context, flags);
	const compose = await composeOf(context);
	const plan = await compose.each(name, {...options, project, services: args}, {...teller(context), ...call, signal, dryRun: flags.dryRun});
	if (flags.dryRun) return printDryRun(context, plan);
	if (plan.operations.length === 0) context.stderr.write(`${name}: there is nothing to ${options.verb}\n`);
	return 0;
};
