import {Failure} from '../../errors.ts';
import {type Plan, printPlan} from '../../model/compose/plan/index.ts';

/** Between the question and the answer others may have changed what the plan stood on: nobody has agreed to the new one. */
export const checkAgreed = (plan: Plan, agreed: Plan | undefined): void => {
	if (agreed === undefined || printPlan(agreed) === printPlan(plan)) return;
	throw new Failure('conflict', `${plan.project} has changed since its plan was shown, and nothing was done`, {hint: 'look at the new plan and say yes again'});
};
