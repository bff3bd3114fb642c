import type {Action, Operation, Plan} from './types.ts';

const objectOf = (action: Action): string => {
	if (action.kind === 'wait for') return `${action.name} (${action.condition.replace('service_', '').replaceAll('_', ' ')}${action.isRequired ? '' : ', if it can'})`;
	return action.name;
};

const line = ({id, action, because, after}: Operation, width: number): string =>
	`${`#${id}`.padStart(width)} ${action.kind} ${objectOf(action)}: ${because}${after.length === 0 ? '' : ` (after ${after.map(one => `#${one}`).join(' ')})`}`;

/** A plan as a person reads it: what `--dry-run` prints and a dialog shows. */
export const printPlan = ({project, operations, warnings}: Plan): string => {
	const width = `#${operations.length}`.length;
	const body = operations.length === 0 ? [`${project}: there is nothing to do`] : operations.map(operation => line(operation, width));
	return `${[...body, ...warnings.map(warning => `warning: ${warning}`)].join('\n')}\n`;
};
