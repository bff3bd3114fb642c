import type {Progress, ProgressItem} from '../progress.ts';
import type {Operation, Plan} from './plan/index.ts';

type Phase = ProgressItem['phase'];

const phases: Readonly<Record<'started' | 'done' | 'failed', Phase>> = {started: 'writing', done: 'done', failed: 'failed'};

/** What of a plan is done, as the list of jobs shows it: a part per operation, which counts steps and no bytes. */
export const createPlanProgress = ({operations}: Plan) => {
	const phaseOf = new Map<number, Phase>(operations.map(({id}) => [id, 'waiting']));
	const labelOf = ({action}: Operation): string => `${action.kind} ${action.name}`;
	const progress = (): Progress => {
		const doing = operations.filter(({id}) => phaseOf.get(id) === 'writing').map(labelOf);
		const over = operations.filter(({id}) => phaseOf.get(id) === 'done').length;
		return {
			items: operations.map((operation) => ({id: String(operation.id), label: labelOf(operation), phase: phaseOf.get(operation.id) ?? 'waiting', doneBytes: 0, totalBytes: 0})),
			step: `${over} of ${operations.length}${doing.length === 0 ? '' : `: ${doing[0]}${doing.length === 1 ? '' : ` and ${doing.length - 1} more`}`}`,
		};
	};
	return {
		progress,
		/** Answers the progress after it. */
		told: ({operation, phase}: {readonly operation: Operation; readonly phase: 'started' | 'done' | 'failed'}): Progress => {
			phaseOf.set(operation.id, phases[phase]);
			return progress();
		},
	};
};
