import type {Project} from '../project.ts';
import type {ObservedContainer} from './types.ts';

/** By service, those that depend on it: by the file where there is one, else by what their containers' labels remember. */
export const dependantsOf = (containers: readonly ObservedContainer[], project: Project | undefined): ReadonlyMap<string, ReadonlySet<string>> => {
	const dependants = new Map<string, Set<string>>();
	for (const {service, dependsOn} of containers) {
		const said = project?.services[service]?.depends_on;
		for (const other of said === undefined ? dependsOn : Object.keys(said)) dependants.set(other, (dependants.get(other) ?? new Set()).add(service));
	}
	return dependants;
};

/** Services of which nobody depends on one that comes later; circles, which only old labels can make, end where they began. */
export const leavesFirst = (services: readonly string[], dependants: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] => {
	const order: string[] = [];
	const seen = new Set<string>();
	const visit = (name: string): void => {
		if (seen.has(name)) return;
		seen.add(name);
		for (const other of [...(dependants.get(name) ?? [])].sort()) visit(other);
		order.push(name);
	};
	for (const name of [...services].sort()) visit(name);
	return order;
};
