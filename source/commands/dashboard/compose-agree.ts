import {createPlanProgress} from '../../model/compose/plan-progress.ts';
import {type Plan, printPlan} from '../../model/compose/plan/index.ts';
import type {OperationEvent} from '../../services/compose/index.ts';
import type {ProjectRow} from '../../store/index.ts';
import {notify} from '../runner.ts';
import type {Context} from '../types.ts';

type Call = {
	readonly signal: AbortSignal;
	readonly onEvent: (event: OperationEvent) => void;
	readonly warn: (warning: string) => void;
};

export type Change = {
	readonly row: ProjectRow;
	/** `Bring shop up`: the question, and the job's title. */
	readonly title: string;
	/** What the row shows meanwhile. */
	readonly doing: string;
	/** Said when it is done. */
	readonly done: string;
	readonly danger: boolean;
	/** Looks and plans; changes nothing. */
	readonly plan: () => Promise<Plan>;
	/** Does the plan that was agreed to, or nothing. */
	readonly act: (agreed: Plan, call: Call) => Promise<unknown>;
};

const withVerb = async <Answer>({store}: Context, {key}: ProjectRow, verb: string, work: () => Promise<Answer>): Promise<Answer> => {
	store.dispatch({type: 'pending-changed', key, verb});
	try {
		return await work();
	} finally {
		store.dispatch({type: 'pending-changed', key, verb: undefined});
	}
};

/** Shows a plan as it is printed, and does it in the background when somebody says yes. An empty one is only told. */
export const agreeAndDo = async (context: Context, {row, title, doing, done, danger, plan, act}: Change): Promise<void> => {
	const {store, dialogs, jobs, watch} = context;
	const planned = await withVerb(context, row, 'planning', plan);
	if (planned.operations.length === 0) {
		for (const warning of planned.warnings) notify(store, 'info', warning);
		notify(store, 'info', `${planned.project}: there is nothing to do`);
		watch.refreshProjects();
		return;
	}
	if (!(await dialogs.confirm({title: `${title}?`, lines: printPlan(planned).trimEnd().split('\n'), danger}))) return;
	jobs.start(title, async ({signal, report}) => {
		const progress = createPlanProgress(planned);
		report(progress.progress());
		try {
			await withVerb(context, row, doing, async () =>
				act(planned, {signal, onEvent: (event) => report(progress.told(event)), warn: (warning) => notify(store, 'info', warning)}),
			);
		} finally {
			// What only the services know (networks, state files) comes with no event.
			watch.refresh();
			watch.refreshProjects();
		}
		return done;
	});
};
