import {Box} from 'ink';
import {useJobs} from '../../hooks/use-jobs.ts';
import {frame} from '../kit/frame.ts';
import {Lines} from '../kit/lines.tsx';
import {useTheme} from '../kit/theme-context.ts';
import {jobsLines} from './job-lines.ts';

/** What runs and what ran, live. */
export const JobsDialog = ({columns, rows}: {readonly columns: number; readonly rows: number}) => {
	const theme = useTheme();
	const width = Math.min(columns, Math.max(40, Math.min(96, columns - 4)));
	const jobs = useJobs();
	const lines = jobsLines(jobs, width - 2, rows - 2, theme);
	const height = Math.min(rows, lines.length + 2);
	const drawn = frame(lines, {width, height, title: theme.paint('strong', 'Progress'), bottom: jobs.some(({status}) => status === 'running') ? '1…9 cancels one · x all · esc closes' : 'esc closes', hasFocus: true, theme});
	return (
		<Box position="absolute" left={Math.max(0, Math.floor((columns - width) / 2))} top={Math.max(0, Math.floor((rows - height) / 2))}>
			<Lines lines={drawn} width={width} />
		</Box>
	);
};
