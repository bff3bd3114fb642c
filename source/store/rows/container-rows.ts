import {type Container, containerKey} from '../../model/container.ts';
import {createFilter} from '../../model/filter.ts';
import {displayName, type Group, groupOf, isSandbox} from '../../model/grouping.ts';
import {isUp, statusOf} from '../../model/status.ts';
import {naturalCompare} from '../../model/sort.ts';
import type {Usage} from '../../model/usage.ts';
import {type ContainerRow, type GroupRow, type Listing, remember} from './types.ts';

type UsageByKey = ReadonlyMap<string, Usage>;

/** By the column's own meaning: numbers from high to low are `descending`, which the pane asks for. */
const comparators: Readonly<Record<string, (a: Container, b: Container, usage: UsageByKey) => number>> = {
	name: (a, b) => naturalCompare(displayName(a), displayName(b)),
	status: (a, b) => Number(isUp(b)) - Number(isUp(a)) || naturalCompare(statusOf(a).word, statusOf(b).word),
	image: (a, b) => naturalCompare(a.image, b.image),
	namespace: (a, b) => naturalCompare(a.namespace, b.namespace),
	age: (a, b) => b.createdAt - a.createdAt,
	cpu: (a, b, usage) => (usage.get(containerKey(a))?.cpuPercent ?? -1) - (usage.get(containerKey(b))?.cpuPercent ?? -1),
	memory: (a, b, usage) => (usage.get(containerKey(a))?.memoryBytes ?? -1) - (usage.get(containerKey(b))?.memoryBytes ?? -1),
	pids: (a, b, usage) => (usage.get(containerKey(a))?.pids ?? -1) - (usage.get(containerKey(b))?.pids ?? -1),
	network: (a, b, usage) => networkOf(usage.get(containerKey(a))) - networkOf(usage.get(containerKey(b))),
	block: (a, b, usage) => blockOf(usage.get(containerKey(a))) - blockOf(usage.get(containerKey(b))),
};

const networkOf = (usage: Usage | undefined) => (usage?.network === undefined ? -1 : usage.network.receivedBytes + usage.network.sentBytes);
const blockOf = (usage: Usage | undefined) => (usage === undefined ? -1 : usage.blockReadBytes + usage.blockWriteBytes);

/** Only these read the usage; the others must not be sorted again every second. */
export const sortsByUsage = (column: string): boolean => ['cpu', 'memory', 'pids', 'network', 'block'].includes(column);

/** What `/` looks at: the words that the row shows, so that `exited (137)` is found by `exited` and by `137`. */
export const containerText = (container: Container): string =>
	`${displayName(container)} ${container.image} ${statusOf(container).word} ${groupOf(container)?.name ?? ''} ${container.namespace} ${container.id}`;

/** A container never changes, another takes its place: so does its text. */
const texts = new WeakMap<Container, string>();

const textOf = (container: Container): string => {
	let text = texts.get(container);
	if (text === undefined) {
		text = containerText(container);
		texts.set(container, text);
	}
	return text;
};

const inOrder = (containers: ReadonlyMap<string, Container>, sort: Listing['sort'], usage: UsageByKey): readonly Container[] => {
	const compare = comparators[sort.column] ?? (comparators['name'] as NonNullable<(typeof comparators)['name']>);
	const sign = sort.descending ? -1 : 1;
	return [...containers.values()].sort((a, b) => sign * compare(a, b, usage) || naturalCompare(displayName(a), displayName(b)) || (a.id < b.id ? -1 : 1));
};

const visible = (containers: readonly Container[], filterText: string, showStopped: boolean): readonly Container[] => {
	if (filterText === '' && showStopped) return containers;
	const filter = createFilter(filterText);
	return containers.filter((container) => (showStopped || isUp(container)) && (filterText === '' || filter.matches({text: textOf(container), labels: container.labels})));
};

const asRow = (container: Container, depth: number): ContainerRow => ({
	kind: 'container',
	key: containerKey(container),
	depth,
	namespace: container.namespace,
	container,
});

/** Groups first, then what belongs to none. A filter opens every group: what was asked for must be seen. */
const grouped = (kept: readonly Container[], pane: Listing, groupBy: 'group' | 'none'): ReadonlyArray<GroupRow | ContainerRow> => {
	if (groupBy === 'none') return kept.map((container) => asRow(container, 0));
	const groups = new Map<string, {readonly group: Group; readonly members: Container[]}>();
	const alone: Container[] = [];
	for (const container of kept) {
		const group = groupOf(container);
		if (group === undefined) {
			alone.push(container);
			continue;
		}
		const known = groups.get(group.key);
		if (known === undefined) groups.set(group.key, {group, members: [container]});
		else known.members.push(container);
	}
	const ordered = [...groups.values()];
	if (pane.sort.column === 'name') ordered.sort((a, b) => naturalCompare(a.group.name, b.group.name));
	return [
		...ordered.flatMap(({group, members}) => {
			const folded = pane.filter === '' && pane.folded.has(group.key);
			const counted = members.filter((container) => !isSandbox(container));
			const head: GroupRow = {
				kind: 'group',
				key: group.key,
				depth: 0,
				namespace: group.namespace,
				group,
				folded,
				members,
				running: counted.filter(isUp).length,
			};
			return folded ? [head] : [head, ...members.map((container) => asRow(container, 1))];
		}),
		...alone.map((container) => asRow(container, 0)),
	];
};

/** The order is kept apart from the filter: typing one must not sort five thousand again at every letter. */
export const createContainerRows = () => {
	const order = remember(inOrder);
	return (containers: ReadonlyMap<string, Container>, pane: Listing, usage: UsageByKey, showStopped: boolean, groupBy: 'group' | 'none'): ReadonlyArray<GroupRow | ContainerRow> =>
		grouped(visible(order(containers, pane.sort, usage), pane.filter, showStopped), pane, groupBy);
};

/** The stats screen: what has a process, without groups. */
export const createStatsRows = () => {
	const order = remember(inOrder);
	return (containers: ReadonlyMap<string, Container>, pane: Listing, usage: UsageByKey): readonly ContainerRow[] =>
		visible(order(containers, pane.sort, usage), pane.filter, false).map((container) => asRow(container, 0));
};
