import {useJobs} from '../../hooks/use-jobs.ts';
import {Lines} from '../kit/lines.tsx';
import {useTheme} from '../kit/theme-context.ts';
import {jobLine} from './job-lines.ts';

/** One line for what runs; there only while something does. */
export const JobStrip = ({width}: {readonly width: number}) => {
	const theme = useTheme();
	return <Lines lines={[jobLine(useJobs(), width, theme)]} width={width} />;
};
