import {dependenciesOf} from './graph.ts';
import type {Project} from './project.ts';

export type TreeLine = {
	/** What draws the tree, e.g. `│ └ `. */
	readonly guide: string;
	readonly service: string;
	/** What is waited for, e.g. `healthy, if it can`; empty at a root. */
	readonly condition: string;
	/** Its dependencies stand where it was first. */
	readonly isRepeated: boolean;
};

/**
Who waits for whom: under each service those that it depends on. The roots are those that nobody waits for. A service that several wait for is
drawn out once, so that the tree is as long as there are dependencies.
*/
export const dependencyTree = ({services}: Pick<Project, 'services'>): readonly TreeLine[] => {
	const names = Object.keys(services).sort();
	const awaited = new Set(names.flatMap((name) => dependenciesOf(services, name).map(([other]) => other)));
	const drawn = new Set<string>();
	const lines: TreeLine[] = [];
	const draw = (service: string, condition: string, lead: string, branch: '' | '├ ' | '└ '): void => {
		const below = dependenciesOf(services, service);
		const isRepeated = drawn.has(service) && below.length > 0;
		drawn.add(service);
		lines.push({guide: lead + branch, service, condition, isRepeated});
		if (isRepeated) return;
		const deeper = lead + (branch === '' ? '' : branch === '└ ' ? '  ' : '│ ');
		for (const [index, [other, {condition: wanted, required}]] of [...below].sort(([one], [two]) => (one < two ? -1 : 1)).entries())
			draw(other, `${wanted.replace('service_', '').replaceAll('_', ' ')}${required ? '' : ', if it can'}`, deeper, index === below.length - 1 ? '└ ' : '├ ');
	};
	for (const name of names) if (!awaited.has(name)) draw(name, '', '', '');
	return lines;
};
