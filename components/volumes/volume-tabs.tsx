import {containerKey} from '../../source/model/container.ts';
import {displayName} from '../../source/model/grouping.ts';
import {mountsLabel} from '../../source/model/docker-labels.ts';
import {plain} from '../../source/model/sanitize.ts';
import {bytes} from '../../source/model/units.ts';
import type {VolumeRow} from '../../hooks/types.ts';
import {useFilesView} from '../../hooks/use-files-view.ts';
import {useSelect} from '../../hooks/use-select.ts';
import {useVolumeFiles, useVolumeSize} from '../../hooks/use-volume.ts';
import {DetailFrame} from '../detail/detail-frame.tsx';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';
import {field} from '../kit/field.ts';
import type {Theme} from '../kit/theme.ts';
import {useTheme} from '../kit/theme-context.ts';
import {fileLine} from '../layers/layer-lines.ts';

type Props = TabProps & {readonly row: VolumeRow};

export const VolumeTab = ({row, ...props}: Props) => {
	const theme = useTheme();
	const size = useVolumeSize(row);
	const {volume} = row;
	const labels = Object.entries(volume.labels).sort(([a], [b]) => (a < b ? -1 : 1));
	const lines = [
		field(theme, 'name', plain(volume.name)),
		field(theme, 'namespace', plain(volume.namespace)),
		field(theme, 'directory', plain(volume.path)),
		field(theme, 'created', new Date(volume.createdAt).toISOString().replace('T', ' ').slice(0, 19)),
		field(theme, 'size', size.failure !== undefined ? plain(size.failure) : size.value === undefined ? 'counting…' : bytes(size.value)),
		field(theme, 'named', volume.isAnonymous ? 'no: a prune takes it when no container mounts it' : 'yes'),
		field(theme, 'used by', row.usedBy.length === 0 ? 'no container' : plain(row.usedBy.join(', '))),
		...labels.map(([key, value], at) => field(theme, at === 0 ? 'labels' : '', `${plain(key)}=${plain(value)}`)),
	];
	return <LinesTab {...props} subject={row.key} lines={lines} />;
};

export const VolumeUsersTab = ({row, ...props}: Props) => {
	const containers = useSelect((state) => state.containers.items);
	const lines = [...containers.values()]
		.filter((container) => container.namespace === row.namespace)
		.flatMap((container) =>
			(mountsLabel(container.labels) ?? [])
				.filter(({Name}) => Name === row.volume.name)
				.map(({Destination, RW}) => ({key: containerKey(container), line: `${plain(displayName(container)).padEnd(28)} ${(container.task?.status ?? 'no task').padEnd(9)} ${RW ? 'rw' : 'ro'} ${plain(Destination)}`})),
		)
		.sort((a, b) => (a.key < b.key ? -1 : 1));
	return <LinesTab {...props} subject={row.key} lines={lines.length === 0 ? ['No container mounts it.'] : lines.map(({line}) => line)} />;
};

/** What is in it, under the keys of an image's files. */
export const VolumeFilesTab = ({row, ...props}: Props) => {
	const theme = useTheme();
	const width = Math.max(1, props.width - 4);
	const height = Math.max(1, props.height - 2);
	const view = useVolumeFiles(row);
	const files = view.status === 'ready' ? view.files : undefined;
	const {top, cursor, status} = useFilesView(row.key, files, height);
	if (view.status !== 'ready') return <DetailFrame {...props} lines={[` ${view.status === 'failed' ? plain(view.failure) : view.count === 0 ? 'Reading the volume…' : `Reading the volume: ${view.count} files`}`]} />;
	const {tree, isWhole} = view.files;
	const flat: Theme = {...theme, paint: (_tone, text) => text};
	// Of a volume nothing is new or old.
	const rows = tree
		.rows(top, height)
		.map((each) => ({...each, change: 'unchanged' as const}))
		.map((each, at) => (top + at === cursor ? ` ${theme.cursor(fileLine(each, {width, theme: flat}), props.hasFocus)}` : ` ${fileLine(each, {width, theme, filter: tree.filter})}`));
	const {files: count, sizeBytes} = tree.totals();
	const bottom = [status, isWhole ? '' : 'only the first files', `${count} ${count === 1 ? 'file' : 'files'} ${bytes(sizeBytes)}`, `${Math.min(cursor + 1, tree.size)}/${tree.size}`];
	return <DetailFrame {...props} lines={tree.size === 0 ? [` ${theme.paint('muted', 'Nothing is in it.')}`] : rows} bottom={bottom.filter((part) => part !== '').join(' · ')} />;
};
