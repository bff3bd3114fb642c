import {plain} from '../../source/model/sanitize.ts';
import {bytes} from '../../source/model/units.ts';
import type {SnapshotRow, SnapshotterRow} from '../../hooks/types.ts';
import {useSnapshot} from '../../hooks/use-snapshot.ts';
import {field, heading} from '../kit/field.ts';
import type {Theme} from '../kit/theme.ts';
import {useTheme} from '../kit/theme-context.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import {TablesTab} from '../detail/tables-tab.tsx';
import type {TabProps} from '../detail/types.ts';

type Props = TabProps & {readonly row: SnapshotRow};

const when = (at: number): string => (at <= 0 ? 'unknown' : new Date(at).toISOString().replace('T', ' ').slice(0, 19));

export const UsageTab = ({row, ...props}: Props) => {
	const theme = useTheme();
	const {value, failure} = useSnapshot(row);
	const {snapshot} = row;
	const lines = [
		field(theme, 'key', plain(snapshot.key)),
		field(theme, 'kind', snapshot.kind),
		field(theme, 'parent', plain(snapshot.parent) || 'none: it stands on nothing'),
		field(theme, 'namespace', plain(snapshot.namespace)),
		field(theme, 'snapshotter', plain(snapshot.snapshotter)),
		field(theme, 'created', when(snapshot.createdAt)),
		field(theme, 'changed', when(snapshot.updatedAt)),
		field(theme, 'size', failure !== undefined ? plain(failure) : value === undefined ? '…' : value.usage === undefined ? 'unknown' : bytes(value.usage.sizeBytes)),
		field(theme, 'inodes', value?.usage === undefined ? '…' : String(value.usage.inodes)),
		field(theme, 'used by', row.usedBy === undefined ? 'no container' : plain(row.usedBy)),
		field(theme, 'stands on it', `${row.children} snapshots`),
	];
	return <LinesTab {...props} subject={row.key} lines={lines} />;
};

export const SnapshotLabelsTab = ({row, ...props}: Props) => (
	<TablesTab {...props} subject={row.key} sections={[{title: 'Labels', rows: Object.entries(row.snapshot.labels).map(([name, value]) => ({LABEL: plain(name), VALUE: plain(value)})), empty: 'no labels'}]} />
);

export const SnapshotMountsTab = ({row, ...props}: Props) => {
	const {value, failure} = useSnapshot(row);
	const lines =
		failure !== undefined
			? [plain(failure)]
			: (value?.mounts ?? []).length === 0
				? ['A committed snapshot has no mounts of its own: make a view or an active one of it.']
				: (value?.mounts ?? []).flatMap((mount) => [`${plain(mount.type)} ${plain(mount.source)}`, ...mount.options.map((option) => `  ${plain(option)}`)]);
	return <LinesTab {...props} subject={row.key} lines={lines} />;
};

export const ChainTab = ({row, ...props}: Props) => {
	const theme = useTheme();
	const {value, failure} = useSnapshot(row);
	const lines = failure !== undefined ? [plain(failure)] : (value?.chain ?? []).map((snapshot, depth) => `${theme.paint('muted', String(depth).padStart(3))} ${snapshot.kind.padEnd(10)} ${plain(snapshot.key)}`);
	return <LinesTab {...props} subject={row.key} lines={lines} />;
};

const overview = (row: SnapshotterRow, isDefault: boolean, theme: Theme): readonly string[] => {
	const {entry} = row;
	const {plugin} = entry;
	const exports = Object.entries(plugin.exports);
	return [
		`${heading(theme, plain(entry.name))}${isDefault ? '  the default here' : ''}`,
		'',
		field(theme, 'kind', entry.kind === 'proxy' ? 'proxy: its own daemon' : 'built into containerd'),
		field(theme, 'health', entry.health === 'ok' ? 'ok' : `${entry.health}: ${plain(plugin.initError?.message ?? 'no reason given')}`),
		field(theme, 'platforms', plugin.platforms.map(plain).join(' ') || 'not said'),
		field(theme, 'capabilities', plugin.capabilities.map(plain).join(' ') || 'none'),
		...exports.map(([name, value], index) => field(theme, index === 0 ? 'exports' : '', `${plain(name)} = ${plain(value)}`)),
		field(theme, 'snapshots', entry.totals === undefined ? 'not counted yet' : String(entry.totals.count)),
		field(theme, 'size', entry.totals === undefined ? 'not counted yet' : bytes(entry.totals.sizeBytes)),
	];
};

export const OverviewTab = ({row, isDefault, ...props}: TabProps & {readonly row: SnapshotterRow; readonly isDefault: boolean}) => {
	const theme = useTheme();
	return <LinesTab {...props} subject={row.key} lines={overview(row, isDefault, theme)} />;
};
