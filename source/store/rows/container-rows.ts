import {type Container, containerKey} from '../../model/container.ts';
import {createFilter} from '../../model/filter.ts';
import {displayName, type Group, groupOf, isSandbox} from '../../model/grouping.ts';
import {isUp, statusOf} from '../../model/status.ts';
import {naturalCompare} from '../../model/sort.ts';
import type {Usage} from '../../model/usage.ts';
import type {ContainerRow, GroupRow, Listing} from './types.ts';

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

const sorted = (containers: readonly Container[], {sort}: Listing, usage: UsageByKey): readonly Container[] => {
	const compare = comparators[sort.column] ?? (comparators['name'] as NonNullable<(typeof comparators)['name']>);
	const sign = sort.descending ? -1 : 1;
	return [...containers].sort((a, b) => sign * compare(a, b, usage) || naturalCompare(displayName(a), displayName(b)) || (a.id < b.id ? -1 : 1));
};

const visible = (containers: Iterable<Container>, filterText: string, showStopped: boolean): readonly Container[] => {
	const filter = createFilter(filterText);
	const kept: Container[] = [];
	for (const container of containers) {
		if (!showStopped && !isUp(container)) continue;
		if (filterText !== '' && !filter.matches({text: containerText(container), labels: container.labels})) continue;
		kept.push(container);
	}
	return kept;
};

const asRow = (container: Container, depth: number): ContainerRow => ({
	kind: 'container',
	key: containerKey(container),
	depth,
	namespace: container.namespace,
	container,
});

/** Groups first, then what belongs to none. A filter opens every group: what was asked for must be seen. */
export const containerRows = (
	containers: ReadonlyMap<string, Container>,
	pane: Listing,
	usage: UsageByKey,
	showStopped: boolean,
	groupBy: 'group' | 'none',
): ReadonlyArray<GroupRow | ContainerRow> => {
	const kept = sorted(visible(containers.values(), pane.filter, showStopped), pane, usage);
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

/** The stats screen: what has a process, without groups. */
export const statsRows = (containers: ReadonlyMap<string, Container>, pane: Listing, usage: UsageByKey): readonly ContainerRow[] =>
	sorted(visible(containers.values(), pane.filter, false), pane, usage).map((container) => asRow(container, 0));
