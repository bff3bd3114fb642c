import type {Container, TaskStatus} from '../container.ts';
import {composeLabels} from './request/index.ts';

export type ComposeProject = {
	readonly name: string;
	/** `running(2), exited(1)`, the states in docker's words. */
	readonly status: string;
	readonly isRunning: boolean;
	/** Absolute, between commas; `N/A` for what nerdctl made, which does not say. */
	readonly files: string;
};

const wordOf = (status: TaskStatus | undefined): string => (status === undefined ? 'created' : status === 'stopped' ? 'exited' : status === 'pausing' ? 'running' : status);

/** Projects by what containers say of themselves; one-off containers say nothing of a project's state. Sorted by name. */
export const composeProjects = (containers: readonly Container[]): readonly ComposeProject[] => {
	const own = containers.filter(({labels}) => (labels[composeLabels.project] ?? '') !== '' && labels[composeLabels.oneOff]?.toLowerCase() !== 'true');
	return [...Map.groupBy(own, ({labels}) => labels[composeLabels.project] ?? '')]
		.map(([name, members]) => {
			const states = [...Map.groupBy(members, ({task}) => wordOf(task?.status))].sort(([one], [other]) => (one < other ? -1 : 1));
			const files = new Set(members.flatMap(({labels}) => (labels[composeLabels.files] ?? '').split(',').filter(file => file !== '')));
			return {
				name,
				status: states.map(([state, all]) => `${state}(${all.length})`).join(', '),
				isRunning: states.some(([state]) => state === 'running'),
				files: files.size === 0 ? 'N/A' : [...files].join(','),
			};
		})
		.sort((one, other) => (one.name < other.name ? -1 : 1));
};
