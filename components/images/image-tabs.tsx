import {useMemo} from 'react';
import {plain} from '../../source/model/sanitize.ts';
import {ago, bytes} from '../../source/model/units.ts';
import type {HistoryEntry, ImageDetails, PlatformImage} from '../../hooks/types.ts';
import type {ImageRow} from '../../hooks/types.ts';
import {useImage} from '../../hooks/use-image.ts';
import {useSelect} from '../../hooks/use-select.ts';
import {displayName} from '../../source/model/grouping.ts';
import {instruction} from './instruction.ts';
import {field, heading} from '../kit/field.ts';
import type {Theme} from '../kit/theme.ts';
import {useTheme} from '../kit/theme-context.ts';
import {JsonTab} from '../detail/json-tab.tsx';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';

type Props = TabProps & {readonly row: ImageRow};

const platformName = ({platform}: PlatformImage): string =>
	platform === undefined ? 'unknown platform' : `${platform.os}/${platform.architecture}${platform.variant === undefined ? '' : `/${platform.variant}`}`;

const historyLine = (entry: HistoryEntry, theme: Theme): string => {
	const size = entry.emptyLayer ? '      –' : bytes(entry.layer?.sizeBytes ?? 0).padStart(7);
	const unpacked = entry.unpackedBytes === undefined ? '       ' : bytes(entry.unpackedBytes).padStart(7);
	const id = (entry.layer?.digest ?? '').replace(/^sha256:/, '').slice(0, 12).padEnd(12);
	return `${size} ${unpacked}  ${theme.paint('muted', id)}  ${instruction(entry.createdBy) || plain(entry.comment) || 'unknown'}`;
};

const layerLines = (details: ImageDetails, now: number, theme: Theme): readonly string[] =>
	details.platforms.flatMap((image) => {
		const created = image.history.findLast((entry) => entry.createdAt !== undefined)?.createdAt;
		return [
			`${heading(theme, platformName(image))}${image.present ? '' : theme.paint('warning', '  not all of it is here')}${created === undefined ? '' : theme.paint('muted', `  made ${ago(created, now)}`)}`,
			theme.paint('muted', ' STORED  ONDISK  LAYER         MADE BY'),
			...image.history.map((entry) => historyLine(entry, theme)),
			'',
		];
	});

const updateLines = ({update}: ImageRow, now: number, theme: Theme): readonly string[] => {
	if (update === undefined) return [];
	const looked = theme.paint('muted', ` looked ${ago(update.checkedAt, now)}`);
	return [field(theme, 'registry', update.is === 'same' ? `has the same${looked}` : `${theme.paint('warning', 'Update available')}: ${plain(update.digest)}${looked}`, 9)];
};

export const LayersTab = ({row, ...props}: Props) => {
	const theme = useTheme();
	const minute = useSelect((state) => state.minute);
	const {value, failure} = useImage(row);
	const lines = useMemo(() => {
		if (failure !== undefined) return [plain(failure)];
		if (value === undefined) return ['Reading the manifests…'];
		const now = Math.max(minute, Date.now());
		return [
			...row.images.map((image, index) => field(theme, index === 0 ? 'names' : '', plain(image.name), 9)),
			field(theme, 'digest', row.digest, 9),
			...updateLines(row, now, theme),
			'',
			...layerLines(value, now, theme),
		];
	}, [value, failure, row, minute, theme]);
	return <LinesTab {...props} subject={row.key} lines={lines} />;
};

const single = <T,>(items: readonly T[], named: ReadonlyArray<readonly [string, unknown]>): unknown => (items.length === 1 ? named[0]?.[1] : Object.fromEntries(named));

export const ConfigTab = ({row, ...props}: Props) => {
	const {value, failure} = useImage(row);
	const document = useMemo(() => single(value?.platforms ?? [], (value?.platforms ?? []).map((image) => [platformName(image), image.configJson])), [value]);
	return <JsonTab {...props} subject={row.key} value={document} {...(failure === undefined ? {} : {note: plain(failure)})} />;
};

export const ManifestsTab = ({row, ...props}: Props) => {
	const {value, failure} = useImage(row);
	const document = useMemo(() => {
		const manifests = Object.fromEntries((value?.platforms ?? []).map((image) => [platformName(image), image.manifestJson]));
		return value?.indexJson === undefined ? manifests : {index: value.indexJson, ...manifests};
	}, [value]);
	return <JsonTab {...props} subject={row.key} value={document} {...(failure === undefined ? {} : {note: plain(failure)})} />;
};

export const UsersTab = ({row, ...props}: Props) => {
	const containers = useSelect((state) => state.containers.items);
	const names = new Set(row.images.map((image) => image.name));
	const users = [...containers.values()].filter((container) => container.namespace === row.namespace && names.has(container.image));
	const lines = users.length === 0 ? ['No container uses it.'] : users.map((container) => `${plain(displayName(container)).padEnd(28)} ${container.task?.status ?? 'no task'}`);
	return <LinesTab {...props} subject={row.key} lines={lines} />;
};
