import type {Container} from './container.ts';
import {labels} from './labels.ts';
import {naturalCompare} from './sort.ts';

/** What a container belongs to, by the labels that compose and CRI give it. */
export type Group = {readonly kind: 'project' | 'pod'; readonly key: string; readonly name: string; readonly namespace: string};

export const groupOf = (container: Container): Group | undefined => {
	const {namespace} = container;
	const project = container.labels[labels.composeProject];
	if (project !== undefined && project !== '') return {kind: 'project', key: `${namespace} project ${project}`, name: project, namespace};
	const pod = container.labels[labels.podName];
	if (pod === undefined || pod === '') return undefined;
	const podNamespace = container.labels[labels.podNamespace] ?? '';
	return {kind: 'pod', key: `${namespace} pod ${podNamespace}/${pod}`, name: podNamespace === '' ? pod : `${podNamespace}/${pod}`, namespace};
};

/** A CRI sandbox (the pause container) is the pod's frame, not something that runs for its own sake. */
export const isSandbox = (container: Container): boolean => container.labels[labels.criKind] === 'sandbox';

/** The name people know it by: nerdctl's, the Kubernetes container's, compose's service, else the short id. */
export const displayName = (container: Container): string => {
	const name = container.labels[labels.name];
	if (name !== undefined && name !== '') return name;
	if (isSandbox(container)) return '(pod sandbox)';
	return container.labels[labels.podContainer] ?? container.labels[labels.composeService] ?? shortId(container.id);
};

/** Twelve characters of a generated id; ids that people chose are kept whole. */
export const shortId = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id);

/** Containers with the same project label, service by service. */
export type Project = {
	readonly key: string;
	readonly namespace: string;
	readonly name: string;
	readonly services: ReadonlyArray<{readonly name: string; readonly containers: readonly Container[]}>;
	readonly running: number;
	readonly total: number;
	readonly configFiles: string | undefined;
	readonly workingDir: string | undefined;
};

export const projectsOf = (containers: Iterable<Container>): readonly Project[] => {
	const byKey = new Map<string, Container[]>();
	const names = new Map<string, Group>();
	for (const container of containers) {
		const group = groupOf(container);
		if (group?.kind !== 'project') continue;
		names.set(group.key, group);
		const members = byKey.get(group.key);
		if (members === undefined) byKey.set(group.key, [container]);
		else members.push(container);
	}
	return [...byKey].map(([key, members]) => {
		const group = names.get(key) as Group;
		const services = Map.groupBy(members, (container) => container.labels[labels.composeService] ?? displayName(container));
		const firstLabel = (label: string) => members.find((container) => container.labels[label] !== undefined)?.labels[label];
		return {
			key,
			namespace: group.namespace,
			name: group.name,
			services: [...services].map(([name, of]) => ({name, containers: of})).sort((a, b) => naturalCompare(a.name, b.name)),
			running: members.filter((container) => container.task?.status === 'running').length,
			total: members.length,
			configFiles: firstLabel(labels.composeConfigFiles),
			workingDir: firstLabel(labels.composeWorkingDir),
		};
	});
};

