import type {Container} from '../../source/model/container.ts';
import {displayName} from '../../source/model/grouping.ts';
import {plain} from '../../source/model/sanitize.ts';
import type {NetworkRow} from '../../hooks/types.ts';
import {useAttachments} from '../../hooks/use-attachments.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';
import {field} from '../kit/field.ts';
import {useTheme} from '../kit/theme-context.ts';

type Props = TabProps & {readonly row: NetworkRow};

export const NetworkTab = ({row, ...props}: Props) => {
	const theme = useTheme();
	const {network} = row;
	const labels = Object.entries(network.labels).sort(([a], [b]) => (a < b ? -1 : 1));
	const plugins = Array.isArray(network.config['plugins']) ? network.config['plugins'].map((plugin: {readonly type?: unknown} | null) => String(plugin?.type ?? '')) : [];
	const lines = [
		field(theme, 'name', plain(network.name)),
		field(theme, 'id', network.id === '' ? 'none: not made by nerdctl or Gantry' : network.id),
		field(theme, 'namespace', network.namespace === '' ? 'shared by all' : plain(network.namespace)),
		field(theme, 'driver', plain(network.driver)),
		...network.subnets.map(({subnet, gateway, ipRange}, at) =>
			field(theme, at === 0 ? 'subnets' : '', plain([subnet, gateway === '' ? '' : `gateway ${gateway}`, ipRange === '' ? '' : `gives ${ipRange}`].filter(Boolean).join(' · '))),
		),
		...(network.bridge === '' ? [] : [field(theme, 'bridge', plain(network.bridge))]),
		...(network.mtu === undefined ? [] : [field(theme, 'MTU', String(network.mtu))]),
		field(theme, 'way out', network.isInternal ? 'none: internal' : 'yes'),
		field(theme, 'plugins', plain(plugins.join(' → '))),
		field(theme, 'file', plain(network.path)),
		...labels.map(([key, value], at) => field(theme, at === 0 ? 'labels' : '', `${plain(key)}=${plain(value)}`)),
	];
	return <LinesTab {...props} subject={row.key} lines={lines} />;
};

const memberLine = (container: Container, addresses: readonly string[], interfaceName: string): string =>
	`${plain(displayName(container)).padEnd(28)} ${(container.task?.status ?? 'no task').padEnd(9)} ${plain(interfaceName).padEnd(6)} ${plain(addresses.join(', '))}`;

/** Who is on it, with the addresses of those that run. */
export const NetworkMembersTab = ({row, ...props}: Props) => {
	const found = useAttachments(row);
	const lines = row.members.map((container) => {
		const attachment = found.get(container.id);
		return memberLine(container, attachment?.addresses ?? [], attachment?.interfaceName ?? '');
	});
	return <LinesTab {...props} subject={row.key} lines={lines.length === 0 ? ['No container is on it.'] : lines} />;
};

/** The file as the plugins read it. */
export const NetworkConfigTab = ({row, ...props}: Props) => (
	<LinesTab {...props} subject={row.key} lines={JSON.stringify(row.network.config, undefined, 2).split('\n').map(plain)} />
);
