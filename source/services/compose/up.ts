import {type Observed, type Operation, type Plan, planUp, type UpOptions} from '../../model/compose/plan/index.ts';
import type {Project} from '../../model/compose/project.ts';
import type {Call, ComposeDependencies, Place} from './dependencies.ts';
import {execute, type OperationEvent} from './execute.ts';
import {checkAgreed} from './check-agreed.ts';
import {materialise, projectFolder} from './materials.ts';
import {observe} from './observe.ts';
import {createPerformer, tellerOfInterruption} from './perform.ts';
import {withProject} from './project-lock.ts';
import {waitHealthy} from './wait-for.ts';

export type UpCall = Call & {
	readonly onEvent: (event: OperationEvent) => void;
	readonly warn: (warning: string) => void;
	/** Of stops on the way; undefined: the containers' own. */
	readonly timeoutMs?: number;
	/** Until every container is running, and healthy where it says how to tell. */
	readonly wait: boolean;
	/** Plan, and do nothing. */
	readonly dryRun: boolean;
	/** What somebody said yes to: if by now another plan would be made, nothing is done. */
	readonly agreed?: Plan;
};

const awaitAll = async (dependencies: ComposeDependencies, {namespace}: Place, project: Project, call: Call): Promise<void> => {
	const {containers} = await observe(dependencies, namespace, project.name, undefined, call);
	const signal = call.signal ?? new AbortController().signal;
	const checked = containers.filter(({service, isOneOff}) => !isOneOff && project.services[service]?.healthcheck !== undefined && project.services[service]?.healthcheck?.disable !== true);
	await Promise.all(checked.map(({id, name}) => waitHealthy(dependencies, {name, ref: {namespace, id}}, signal)));
};

/** What may change an image that containers were made of already: only when it is done can be told which of them are out of date. */
const renewalsIn = ({operations}: Plan, {images}: Pick<Observed, 'images'>): readonly Operation[] =>
	operations.filter(({action}) => (action.kind === 'build image' || action.kind === 'pull image') && images[action.name] !== undefined);

/** One plan of two, numbered through. */
const joined = (first: readonly Operation[], {operations, ...rest}: Plan): Plan => {
	const shift = first.length;
	const later = operations.map(operation => ({...operation, id: operation.id + shift, after: operation.after.map(id => id + shift)}));
	return {...rest, operations: [...first.map((operation, at) => ({...operation, id: at + 1})), ...later]};
};

/** Look, plan, do. What was planned is answered, so that it can be told. */
export const up = async (dependencies: ComposeDependencies, place: Place, project: Project, options: UpOptions, call: UpCall): Promise<Plan> => {
	const {signal, warn, onEvent, timeoutMs, dryRun} = call;
	const calling = signal === undefined ? {} : {signal};
	const planned = async (more: Pick<UpOptions, 'fresh'> = {}) => {
		const observed = await observe(dependencies, place.namespace, project.name, project, calling);
		return {observed, plan: planUp(project, observed, {...options, ...more})};
	};
	if (dryRun) return (await planned()).plan;
	return withProject(
		dependencies.dataStore,
		{namespace: place.namespace, project: project.name},
		async () => {
			const first = await planned();
			checkAgreed(first.plan, call.agreed);
			const files = await materialise(project, projectFolder(dependencies.dataStore, place.namespace, project.name));
			const perform = async ({observed, plan}: typeof first): Promise<void> => {
				const performing = {place, project, observed, files, warn, removeVolumes: false, ...(timeoutMs === undefined ? {} : {timeoutMs})};
				await execute(plan, {perform: createPerformer(dependencies, performing), onEvent, onInterrupted: tellerOfInterruption(warn), ...calling});
			};
			const renewals = renewalsIn(first.plan, first.observed);
			if (renewals.length > 0) await perform({...first, plan: {...first.plan, operations: renewals}});
			const {observed, plan} = renewals.length === 0 ? first : await planned({fresh: new Set(renewals.map(({action}) => action.name))});
			for (const warning of plan.warnings) warn(warning);
			await perform({observed, plan});
			if (call.wait) await awaitAll(dependencies, place, project, calling);
			return renewals.length === 0 ? plan : joined(renewals, plan);
		},
		{...calling, onWait: () => warn(`another program works on ${project.name}: waiting for it`)},
	);
};
