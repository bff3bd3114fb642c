import {readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {type DownOptions, type Plan, planDown} from '../../model/compose/plan/index.ts';
import type {Call, ComposeDependencies, Place} from './dependencies.ts';
import {execute, type OperationEvent} from './execute.ts';
import {checkAgreed} from './check-agreed.ts';
import {projectFolder} from './materials.ts';
import {observe} from './observe.ts';
import {createPerformer, tellerOfInterruption} from './perform.ts';
import {withProject} from './project-lock.ts';

export type DownCall = Call & {
	readonly onEvent: (event: OperationEvent) => void;
	readonly warn: (warning: string) => void;
	readonly timeoutMs?: number;
	readonly dryRun: boolean;
	/** What somebody said yes to: if by now another plan would be made, nothing is done. */
	readonly agreed?: Plan;
};

/** What was made of secrets and configs. The folder stays: others may wait for its lock. */
const forget = async (folder: string): Promise<void> => {
	for (const file of await readdir(folder)) await rm(join(folder, file), {force: true});
};

/** Takes a project down, by its files or, when they are gone, by what its containers, networks and volumes say of themselves. */
export const down = async (dependencies: ComposeDependencies, place: Place, name: string, options: DownOptions, call: DownCall): Promise<Plan> => {
	const {signal, warn, onEvent, timeoutMs, dryRun} = call;
	const calling = signal === undefined ? {} : {signal};
	const planned = async () => {
		const observed = await observe(dependencies, place.namespace, name, options.project, calling);
		return {observed, plan: planDown(name, observed, options)};
	};
	if (dryRun) return (await planned()).plan;
	return withProject(
		dependencies.dataStore,
		{namespace: place.namespace, project: name},
		async () => {
			const {observed, plan} = await planned();
			checkAgreed(plan, call.agreed);
			for (const warning of plan.warnings) warn(warning);
			const performing = {place, project: options.project, observed, files: {secrets: {}, configs: {}}, warn, removeVolumes: options.volumes};
			await execute(plan, {perform: createPerformer(dependencies, {...performing, ...(timeoutMs === undefined ? {} : {timeoutMs})}), onEvent, onInterrupted: tellerOfInterruption(warn), ...calling});
			if (plan.warnings.length === 0) await forget(projectFolder(dependencies.dataStore, place.namespace, name));
			return plan;
		},
		{...calling, onWait: () => warn(`another program works on ${name}: waiting for it`)},
	);
};
