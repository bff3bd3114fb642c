import {messageOf} from '../../errors.ts';
import type {Container} from '../../model/container.ts';
import {displayName} from '../../model/grouping.ts';
import {networkKey} from '../../model/network.ts';
import type {NetworkRow, State} from '../../store/index.ts';
import {selectedRow, targetRows} from '../../store/rows/index.ts';
import {notify} from '../runner.ts';
import type {Command} from '../types.ts';

const chosen = (state: State): readonly NetworkRow[] => targetRows(state, 'networks').filter((row) => row.kind === 'network');

const current = (state: State): NetworkRow | undefined => {
	const row = selectedRow(state, 'networks');
	return row?.kind === 'network' ? row : undefined;
};

const noNetwork = (state: State): string | undefined => (chosen(state).length === 0 ? 'Select a network first' : undefined);

/** Where new ones go: the namespace that is looked at, or the selected row's when it is all of them. */
const namespaceOf = (state: State): string | undefined => (state.scope.kind === 'one' ? state.scope.namespace : current(state)?.namespace || undefined);

const noNamespace = (state: State): string | undefined => (namespaceOf(state) === undefined ? 'Look into one namespace first: N' : undefined);

const isLive = ({task}: Container): boolean => task?.status === 'running' || task?.status === 'paused';

const namesOf = (rows: readonly NetworkRow[]): string => (rows.length === 1 ? (rows[0]?.network.name ?? '') : `${rows.length} networks`);

export const createNetwork: Command = {
	id: 'networks.create',
	title: 'Create',
	scope: 'networks',
	keys: ['n'],
	changes: true,
	hint: {label: 'create', order: 1},
	refusal: noNamespace,
	nerdctl: () => 'nerdctl network create --subnet CIDR NAME',
	run: async ({store, dialogs, services, watch}) => {
		const namespace = namespaceOf(store.get());
		if (namespace === undefined) return;
		const line = (id: string, label: string, hint: string, text = '') => ({id, label, hint, text});
		const values = await dialogs.form({
			title: 'New network',
			fields: [
				line('name', 'Name', 'backend'),
				{...line('driver', 'Driver', '', 'bridge'), choices: ['bridge', 'macvlan', 'ipvlan']},
				line('subnet', 'Subnet', 'the next free one, or 10.5.0.0/16'),
				line('gateway', 'Gateway', 'the first address of the subnet'),
				line('mtu', 'MTU', 'as the machine has it'),
				{...line('internal', 'Internal', '', 'no'), choices: ['no', 'yes']},
			],
			describe: (values) => {
				const flags = [
					...(values['driver'] === 'bridge' || !values['driver'] ? [] : [`--driver ${values['driver']}`]),
					...(values['subnet'] ? [`--subnet ${values['subnet']}`] : []),
					...(values['gateway'] ? [`--gateway ${values['gateway']}`] : []),
					...(values['mtu'] ? [`--opt mtu=${values['mtu']}`] : []),
					...(values['internal'] === 'yes' ? ['--internal'] : []),
				];
				return {preview: ['nerdctl network create', ...flags, values['name'] || 'NAME'].join(' '), problem: values['name'] ? undefined : 'It needs a name'};
			},
		});
		if (values === undefined) return;
		const given = (text: string | undefined): readonly string[] => (text === undefined || text.trim() === '' ? [] : [text.trim()]);
		const network = await services.networks.create(namespace, {
			name: (values['name'] ?? '').trim(),
			driver: given(values['driver'])[0] ?? 'bridge',
			options: Object.fromEntries(given(values['mtu']).map((mtu) => ['mtu', mtu])),
			...{ipamDriver: 'default', ipamOptions: {}, ipRanges: [], auxAddresses: [], labels: {}, ipv4: true, ipv6: false},
			subnets: given(values['subnet']),
			gateways: given(values['gateway']),
			internal: values['internal'] === 'yes',
		});
		watch.refresh();
		store.dispatch({type: 'pane-changed', pane: 'networks', change: {selected: networkKey(network)}});
		notify(store, 'good', `Created network ${network.name} with ${network.subnets.map(({subnet}) => subnet).join(', ') || 'no subnet'}`);
	},
};

export const removeNetworks: Command = {
	id: 'networks.remove',
	title: 'Remove',
	scope: 'networks',
	keys: ['d', 'delete'],
	changes: true,
	hint: {label: 'remove', order: 4},
	refusal: (state) => {
		const missing = noNetwork(state);
		if (missing !== undefined) return missing;
		for (const {network, members} of chosen(state)) {
			const users = members.filter(isLive).map(displayName);
			if (users.length > 0) return `${network.name} is in use by ${users.join(', ')}: stop or disconnect it first`;
			if (network.isDefault) return `${network.name} is the default network: it is always there`;
			if (network.id === '') return `${network.name} is not nerdctl's: its file is ${network.path}`;
		}
		return undefined;
	},
	confirmation: (state) => ({title: `Remove ${namesOf(chosen(state))}?`, lines: ['Containers that name it can not start any more.'], danger: true}),
	nerdctl: (state) => `nerdctl network rm ${chosen(state).map(({network}) => network.name).join(' ')}`,
	run: async ({store, services, watch}) => {
		let removed = 0;
		for (const {network} of chosen(store.get())) {
			try {
				await services.networks.remove(network.namespace, network.name);
				removed += 1;
			} catch (error) {
				notify(store, 'bad', messageOf(error));
			}
		}
		watch.refresh();
		if (removed > 0) notify(store, 'good', `Removed ${removed} ${removed === 1 ? 'network' : 'networks'}`);
	},
};

export const pruneNetworks: Command = {
	id: 'networks.prune',
	title: 'Prune: remove what no running container uses, and free what crashed ones hold…',
	scope: 'networks',
	keys: ['X'],
	changes: true,
	refusal: noNamespace,
	confirmation: (state) => ({title: `Remove all networks of ${namespaceOf(state) ?? ''} that no running container uses?`, lines: ['Containers that name one of them can not start any more.'], danger: true}),
	nerdctl: () => 'nerdctl network prune',
	run: async ({store, services, watch}) => {
		const namespace = namespaceOf(store.get());
		if (namespace === undefined) return;
		const {done, failed} = await services.networks.prune(namespace);
		watch.refresh();
		for (const {error} of failed) notify(store, 'bad', messageOf(error));
		notify(store, 'good', done.length === 0 ? 'Nothing to remove' : `Removed ${done.join(', ')}`);
	},
};

const reachable = (state: State, {network}: NetworkRow): readonly Container[] =>
	[...state.containers.items.values()].filter((container) => network.namespace === '' || container.namespace === network.namespace);

export const connectContainer: Command = {
	id: 'networks.connect',
	title: 'Connect a container…',
	scope: 'networks',
	keys: ['c'],
	changes: true,
	hint: {label: 'connect', order: 2},
	refusal: (state) => (current(state) === undefined ? 'Select a network first' : undefined),
	nerdctl: (state) => `gantry network connect ${current(state)?.network.name ?? 'NETWORK'} CONTAINER`,
	run: async ({store, dialogs, services, watch}) => {
		const row = current(store.get());
		if (row === undefined) return;
		const members = new Set(row.members);
		const others = reachable(store.get(), row).filter((container) => !members.has(container));
		if (others.length === 0) return notify(store, 'info', `Every container is on ${row.network.name} already`);
		const id = await dialogs.choose({
			title: `Connect to ${row.network.name}`,
			searchable: true,
			choices: others.map((container) => ({id: `${container.namespace}/${container.id}`, label: displayName(container), note: container.task?.status ?? 'no task'})),
		});
		const container = others.find((each) => `${each.namespace}/${each.id}` === id);
		if (container === undefined) return;
		const attachment = await services.networks.connect(container, row.network.name);
		watch.refresh();
		const where = attachment === undefined ? 'from its next start on' : `as ${attachment.interfaceName} with ${attachment.addresses.join(', ')}`;
		notify(store, 'good', `${displayName(container)} is on ${row.network.name} ${where}`);
	},
};

export const disconnectContainer: Command = {
	id: 'networks.disconnect',
	title: 'Disconnect a container…',
	scope: 'networks',
	keys: ['u'],
	changes: true,
	hint: {label: 'disconnect', order: 3},
	refusal: (state) => {
		const row = current(state);
		if (row === undefined) return 'Select a network first';
		return row.members.length === 0 ? `No container is on ${row.network.name}` : undefined;
	},
	nerdctl: (state) => `gantry network disconnect ${current(state)?.network.name ?? 'NETWORK'} CONTAINER`,
	run: async ({store, dialogs, services, watch}) => {
		const row = current(store.get());
		if (row === undefined) return;
		const id = await dialogs.choose({
			title: `Disconnect from ${row.network.name}`,
			searchable: true,
			choices: row.members.map((container) => ({id: `${container.namespace}/${container.id}`, label: displayName(container), note: container.task?.status ?? 'no task'})),
		});
		const container = row.members.find((each) => `${each.namespace}/${each.id}` === id);
		if (container === undefined) return;
		await services.networks.disconnect(container, row.network.name);
		watch.refresh();
		notify(store, 'good', `${displayName(container)} is off ${row.network.name}`);
	},
};

/** From the container's side: which network is it to join? */
export const joinNetwork: Command = {
	id: 'containers.network',
	title: 'Connect to a network…',
	scope: 'containers',
	keys: [],
	changes: true,
	refusal: (state) => (selectedRow(state, 'containers')?.kind === 'container' ? undefined : 'Select a container first'),
	nerdctl: () => 'gantry network connect NETWORK CONTAINER',
	run: async ({store, dialogs, services, watch}) => {
		const row = selectedRow(store.get(), 'containers');
		if (row?.kind !== 'container') return;
		const {container} = row;
		const networks = await services.networks.list(container.namespace);
		const name = await dialogs.choose({
			title: `Connect ${displayName(container)} to`,
			searchable: true,
			choices: networks.map((network) => ({id: network.name, label: network.name, note: network.subnets.map(({subnet}) => subnet).join(', ')})),
		});
		if (name === undefined) return;
		const attachment = await services.networks.connect(container, name);
		watch.refresh();
		notify(store, 'good', `${displayName(container)} is on ${name} ${attachment === undefined ? 'from its next start on' : `with ${attachment.addresses.join(', ')}`}`);
	},
};
