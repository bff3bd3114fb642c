import type {Port, Project} from '../project.ts';

type Wish = {readonly owner: string; readonly port: Port};

const everywhere: ReadonlySet<string> = new Set(['', '0.0.0.0']);

const clash = (one: Port, other: Port): boolean => {
	const [first, second] = [one.host_ip ?? '', other.host_ip ?? ''];
	return one.published === other.published && one.protocol === other.protocol && (first === second || everywhere.has(first) || everywhere.has(second));
};

/** Only fixed ones: of a range another one is chosen. */
const isFixed = ({published = ''}: Port): boolean => /^\d+$/.test(published) && published !== '0';

/**
Ports that a project's containers would take from each other, in a sentence each. Whether somebody else has a port is seen when a container is made;
these are in the files.
*/
export const portClashes = ({services}: Pick<Project, 'services'>, replicasOf: (service: string) => number): readonly string[] => {
	const taken: Wish[] = [];
	const said: string[] = [];
	for (const [name, {ports = [], network_mode: mode}] of Object.entries(services)) {
		const count = replicasOf(name);
		if (count === 0 || mode !== undefined) continue;
		for (const port of ports.filter(isFixed)) {
			const what = `port ${port.published}/${port.protocol} of this machine`;
			const owner = taken.find(one => clash(one.port, port))?.owner;
			if (owner === name) said.push(`${name} publishes the ${what} twice: it can have it once`);
			else if (owner !== undefined) said.push(`${name} and ${owner} publish the same ${what}: only one of them can have it`);
			else if (count > 1) said.push(`the ${count} replicas of ${name} publish the same ${what}: only one of them can have it`);
			taken.push({owner: name, port});
		}
	}
	return said;
};
