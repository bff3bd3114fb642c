import type {Dependency, Service} from './project.ts';

type Services = Readonly<Record<string, Pick<Service, 'depends_on'>>>;

/** Of the services that are there. */
export const dependenciesOf = (services: Services, name: string): ReadonlyArray<readonly [string, Dependency]> =>
	Object.entries(services[name]?.depends_on ?? {}).filter(([other]) => Object.hasOwn(services, other));

/** Services that depend on one another in a circle, the first again at the end; undefined when there are none. */
export const findCycle = (services: Services): readonly string[] | undefined => {
	const done = new Set<string>();
	const visit = (name: string, way: readonly string[]): readonly string[] | undefined => {
		const before = way.indexOf(name);
		if (before >= 0) return [...way.slice(before), name];
		if (done.has(name)) return undefined;
		for (const [other] of dependenciesOf(services, name)) {
			const cycle = visit(other, [...way, name]);
			if (cycle !== undefined) return cycle;
		}
		done.add(name);
		return undefined;
	};
	for (const name of Object.keys(services)) {
		const cycle = visit(name, []);
		if (cycle !== undefined) return cycle;
	}
	return undefined;
};

/** Every service after those that it depends on; of equals the first by name. There is no circle: loading has refused it. */
export const inOrder = (services: Services): readonly string[] => {
	const order: string[] = [];
	const seen = new Set<string>();
	const visit = (name: string): void => {
		if (seen.has(name)) return;
		seen.add(name);
		for (const [other] of [...dependenciesOf(services, name)].sort(([one], [other]) => (one < other ? -1 : 1))) visit(other);
		order.push(name);
	};
	for (const name of Object.keys(services).sort()) visit(name);
	return order;
};
