import {Box} from 'ink';
import {useSelect} from '../../hooks/use-select.ts';
import {JobsDialog} from '../jobs/jobs-dialog.tsx';
import {Lines} from '../kit/lines.tsx';
import {useTheme} from '../kit/theme-context.ts';
import {diskLines} from './disk-lines.ts';
import {overlayBox} from './overlay-lines.ts';

/** The top dialog over whatever is behind it; a line that is being typed is the footer's. */
export const Overlays = ({columns, rows}: {readonly columns: number; readonly rows: number}) => {
	const theme = useTheme();
	const overlay = useSelect((state) => state.view.overlays.at(-1));
	if (overlay === undefined || overlay.kind === 'line') return null;
	if (overlay.kind === 'jobs') return <JobsDialog columns={columns} rows={rows} />;
	if (overlay.kind === 'disk')
		return (
			<Box position="absolute" left={0} top={0}>
				<Lines lines={diskLines(overlay, {columns, rows}, theme)} width={columns} />
			</Box>
		);
	const {lines, left, top} = overlayBox(overlay, {columns, rows}, theme);
	return (
		<Box position="absolute" left={left} top={top}>
			<Lines lines={lines} width={columns - left} />
		</Box>
	);
};
