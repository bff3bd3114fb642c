import {type EachOptions, type Plan, planEach} from '../../model/compose/plan/index.ts';
import {checkAgreed} from './check-agreed.ts';
import type {Call, ComposeDependencies, Place} from './dependencies.ts';
import {execute, type OperationEvent} from './execute.ts';
import {observe} from './observe.ts';
import {createPerformer} from './perform.ts';

export type EachCall = Call & {
	readonly onEvent: (event: OperationEvent) => void;
	readonly warn: (warning: string) => void;
	/** How long what is stopped has; undefined: what it says itself. */
	readonly timeoutMs?: number;
	/** Of `kill`, by number; KILL unless said. */
	readonly killSignal?: number;
	/** Of `remove`: anonymous volumes too. */
	readonly volumes?: boolean;
	/** Plan, and do nothing. */
	readonly dryRun: boolean;
	/** What somebody said yes to: if by now another plan would be made, nothing is done. */
	readonly agreed?: Plan;
};

/** Starts, stops, pauses … what is there. It waits for nobody who works on the project: what hangs must be stoppable. */
export const each = async (dependencies: ComposeDependencies, place: Place, name: string, options: EachOptions, call: EachCall): Promise<Plan> => {
	const {signal, warn, onEvent, timeoutMs, killSignal, volumes = false, dryRun} = call;
	const calling = signal === undefined ? {} : {signal};
	const observed = await observe(dependencies, place.namespace, name, undefined, calling);
	const plan = planEach(name, observed, options);
	if (dryRun) return plan;
	checkAgreed(plan, call.agreed);
	const perform = createPerformer(dependencies, {
		...{place, project: options.project, observed, files: {secrets: {}, configs: {}}, warn, removeVolumes: volumes},
		...(timeoutMs === undefined ? {} : {timeoutMs}),
		...(killSignal === undefined ? {} : {killSignal}),
	});
	await execute(plan, {perform, onEvent, ...calling});
	return plan;
};
