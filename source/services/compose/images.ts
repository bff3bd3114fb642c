import {sentence} from '../../errors.ts';
import {type ImagesOptions, type Plan, planImages} from '../../model/compose/plan/index.ts';
import type {Project} from '../../model/compose/project.ts';
import type {Call, ComposeDependencies, Place} from './dependencies.ts';
import {execute, type OperationEvent} from './execute.ts';
import {observe} from './observe.ts';
import {createPerformer} from './perform.ts';

export type ImagesCall = Call & {
	readonly onEvent: (event: OperationEvent) => void;
	readonly warn: (warning: string) => void;
	/** An image that can not be had is told with `warn`, and the others are had all the same. */
	readonly keepGoing?: boolean;
	readonly dryRun: boolean;
};

/** Pulls or builds the images of a project, side by side, and touches no container. */
export const images = async (dependencies: ComposeDependencies, place: Place, project: Project, options: ImagesOptions, call: ImagesCall): Promise<Plan> => {
	const {signal, warn, onEvent, keepGoing = false, dryRun} = call;
	const calling = signal === undefined ? {} : {signal};
	const observed = await observe(dependencies, place.namespace, project.name, project, calling);
	const plan = planImages(project, observed, options);
	if (dryRun) return plan;
	const perform = createPerformer(dependencies, {place, project, observed, files: {secrets: {}, configs: {}}, warn, removeVolumes: false});
	const leniently: typeof perform = async (operation, operationSignal) => {
		try {
			await perform(operation, operationSignal);
		} catch (error) {
			operationSignal.throwIfAborted();
			warn(sentence(error));
		}
	};
	await execute(plan, {perform: keepGoing ? leniently : perform, onEvent, ...calling});
	return plan;
};
