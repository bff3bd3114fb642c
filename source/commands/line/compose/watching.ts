import type {UpOptions} from '../../../model/compose/plan/index.ts';
import type {Project} from '../../../model/compose/project.ts';
import {select} from '../../../model/compose/select.ts';
import type {ComposeService} from '../../../services/compose/index.ts';
import {clean} from '../output.ts';
import type {Surroundings} from '../types.ts';
import {teller} from './service.ts';

export type Watch = (signal: AbortSignal) => Promise<void>;

/** What `watch` and `up --watch` do beside. Rules that can not be honoured are refused before anything is brought up. */
export const watchOf = async (context: Surroundings, {project, whole, compose, services}: {readonly project: Project; readonly whole: Project; readonly compose: ComposeService; readonly services: readonly string[]}): Promise<Watch> => {
	const {rulesOf, watchProject} = await import('../../../services/compose/watch.ts');
	const rules = await rulesOf(project, services);
	const told = teller(context);
	const {stderr, terminal} = context;
	const rebuilt: UpOptions = {whole, recreate: 'changed', scale: {}, removeOrphans: false, start: true, build: true};
	return signal =>
		watchProject(
			{
				containers: context.services.containers,
				files: context.services.files,
				replicas: async service => (await compose.containers(project.name, {signal})).filter(one => one.service === service && !one.isOneOff && one.state === 'running'),
				rebuild: async service => void (await compose.up(select(project, [service], {dependencies: false}), rebuilt, {...told, signal, wait: false, dryRun: false})),
				restart: async service => void (await compose.each(project.name, {verb: 'restart', project, services: [service], dependants: true}, {...told, signal, dryRun: false})),
				say: text => void stderr.write(`${clean(text, {terminal})}\n`),
			},
			rules,
			{signal},
		);
};
