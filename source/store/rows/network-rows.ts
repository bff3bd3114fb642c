import {type Container, containerKey} from '../../model/container.ts';
import {createFilter} from '../../model/filter.ts';
import {displayName} from '../../model/grouping.ts';
import {labels} from '../../model/labels.ts';
import {isNamedBy, type Network, networkKey} from '../../model/network.ts';
import {networkModeOf} from '../../model/network-mode.ts';
import {naturalCompare} from '../../model/sort.ts';
import type {Listing, NetworkRow} from './types.ts';

const comparators: Readonly<Record<string, (a: NetworkRow, b: NetworkRow) => number>> = {
	// The default one is where people look first.
	name: (a, b) => Number(b.network.isDefault) - Number(a.network.isDefault) || naturalCompare(a.network.name, b.network.name),
	driver: (a, b) => naturalCompare(a.network.driver, b.network.driver),
	subnet: (a, b) => naturalCompare(a.network.subnets[0]?.subnet ?? '', b.network.subnets[0]?.subnet ?? ''),
	containers: (a, b) => a.members.length - b.members.length,
	namespace: (a, b) => naturalCompare(a.namespace, b.namespace),
};

type Word = {readonly container: Container; readonly word: string};

const wordsOf = (containers: ReadonlyMap<string, Container>): readonly Word[] =>
	[...containers.values()].flatMap((container) => {
		const mode = networkModeOf(container.labels[labels.networks]);
		return mode?.kind === 'networks' ? mode.names.map((word) => ({container, word})) : [];
	});

/** Who says that it is on the network, whether it runs or not. A namespace's own network is of no use to the others. */
const membersOf = (network: Network, words: readonly Word[]): readonly Container[] =>
	words
		.filter(({container, word}) => isNamedBy(network, word) && (network.namespace === '' || network.namespace === container.namespace))
		.map(({container}) => container)
		.sort((a, b) => naturalCompare(displayName(a), displayName(b)) || naturalCompare(containerKey(a), containerKey(b)));

export const networkRows = (networks: ReadonlyMap<string, Network>, containers: ReadonlyMap<string, Container>, pane: Listing): readonly NetworkRow[] => {
	const words = networks.size === 0 ? [] : wordsOf(containers);
	const filter = createFilter(pane.filter);
	const compare = comparators[pane.sort.column] ?? (comparators['name'] as NonNullable<(typeof comparators)['name']>);
	const sign = pane.sort.descending ? -1 : 1;
	return [...networks.values()]
		.map((network): NetworkRow => ({kind: 'network', key: networkKey(network), depth: 0, namespace: network.namespace, network, members: membersOf(network, words)}))
		.filter(
			({network, members}) =>
				pane.filter === '' ||
				filter.matches({text: [network.name, network.driver, ...network.subnets.map(({subnet}) => subnet), ...members.map(displayName)].join(' '), labels: network.labels}),
		)
		.sort((a, b) => sign * compare(a, b) || naturalCompare(a.network.name, b.network.name));
};
