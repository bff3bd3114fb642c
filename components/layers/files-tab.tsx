import type {ImageRow} from '../../hooks/types.ts';
import {useFilesView} from '../../hooks/use-files-view.ts';
import {type ImageFiles, type LayersView, useLayers} from '../../hooks/use-layers.ts';
import {plain} from '../../source/model/sanitize.ts';
import {bytes} from '../../source/model/units.ts';
import {DetailFrame} from '../detail/detail-frame.tsx';
import type {TabProps} from '../detail/types.ts';
import {instruction} from '../images/instruction.ts';
import type {Theme} from '../kit/theme.ts';
import {useTheme} from '../kit/theme-context.ts';
import {fileLine, layerLine} from './layer-lines.ts';

/** The layers around the one that is looked at, as many as fit in a quarter of the height. */
const layerLines = ({layers, stack, tree}: ImageFiles, most: number, width: number, theme: Theme): readonly string[] => {
	const count = Math.min(layers.length, most);
	const from = Math.min(Math.max(0, tree.layer - Math.floor(count / 2)), layers.length - count);
	return layers.slice(from, from + count).map((entry, at) => {
		const index = from + at;
		const sizes = {sizeBytes: entry.layer.sizeBytes, fileBytes: stack.layers[index]?.fileBytes ?? 0};
		return layerLine({...sizes, createdBy: instruction(entry.createdBy) || plain(entry.comment) || 'unknown'}, index, index === tree.layer, width, theme);
	});
};

const noteOf = (view: LayersView): string => {
	if (view.status === 'failed') return plain(view.failure);
	if (view.status === 'ready' || view.reading === undefined) return 'Reading the layers…';
	const {layer, layers, doneBytes, totalBytes} = view.reading;
	const percent = totalBytes === 0 ? 0 : Math.min(100, Math.floor((doneBytes / totalBytes) * 100));
	return `Reading layer ${layer} of ${layers}: ${percent}%, ${bytes(doneBytes)} of ${bytes(totalBytes)}`;
};

const summary = ({tree, waste, stack}: ImageFiles): string => {
	const {files, sizeBytes} = tree.totals();
	const scope = `${tree.scope === 'layer' ? `layer ${tree.layer + 1}` : `layers 1-${tree.layer + 1}`}/${stack.layers.length}${tree.onlyChanges ? ' changes' : ''}`;
	return [scope, `${files} ${files === 1 ? 'file' : 'files'} ${bytes(sizeBytes)}`, `${Math.round(waste.efficiency * 100)}% efficient`].join(' · ');
};

const isCut = ({stack}: ImageFiles): boolean => stack.layers.some((layer) => !layer.isWhole);

/** What is in the image, layer by layer, without unpacking it. */
export const FilesTab = ({row, ...props}: TabProps & {readonly row: ImageRow}) => {
	const theme = useTheme();
	const width = Math.max(1, props.width - 4);
	const inner = Math.max(0, props.height - 2);
	const view = useLayers(row);
	const files = view.status === 'ready' ? view.files : undefined;
	const above = files === undefined ? [] : layerLines(files, Math.max(1, Math.floor(inner / 4)), width, theme);
	const height = Math.max(1, inner - above.length - 1);
	const {top, cursor, status} = useFilesView(`${row.key} ${files?.image.manifest.digest ?? ''}`, files, height);
	if (files === undefined) return <DetailFrame {...props} lines={[` ${noteOf(view)}`]} />;
	const {tree} = files;
	const flat: Theme = {...theme, paint: (_tone, text) => text};
	const rows = tree.rows(top, height).map((each, at) => {
		if (top + at !== cursor) return ` ${fileLine(each, {width, theme, filter: tree.filter})}`;
		return ` ${theme.cursor(fileLine(each, {width, theme: flat}), props.hasFocus)}`;
	});
	const empty = [` ${theme.paint('muted', tree.onlyChanges ? 'This layer changes no file; c shows everything.' : 'No files.')}`];
	const bottom = [status, isCut(files) ? 'only the first files of a huge layer' : '', summary(files), `${Math.min(cursor + 1, tree.size)}/${tree.size}`].filter((part) => part !== '').join(' · ');
	return <DetailFrame {...props} lines={[...above.map((line) => ` ${line}`), ` ${theme.paint('muted', theme.border.horizontal.repeat(width))}`, ...(tree.size === 0 ? empty : rows)]} bottom={bottom} />;
};
