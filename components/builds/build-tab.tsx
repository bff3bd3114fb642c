import {plain} from '../../source/model/sanitize.ts';
import {wrapWords} from '../../source/model/wrap-words.ts';
import type {BuildRow} from '../../hooks/types.ts';
import {useSelect} from '../../hooks/use-select.ts';
import {DetailFrame} from '../detail/detail-frame.tsx';
import type {TabProps} from '../detail/types.ts';
import {CompareTab} from './compare-tab.tsx';
import {BuildLogTab} from './log-tab.tsx';
import {SourceTab} from './source-tab.tsx';
import {StepsTab} from './steps-tab.tsx';
import {BuildSummaryTab} from './summary-tab.tsx';

export const BuildTab = ({row, ...props}: TabProps & {readonly row: BuildRow}) => {
	switch (props.active) {
		case 'log':
			return <BuildLogTab {...props} row={row} />;
		case 'source':
			return <SourceTab {...props} row={row} />;
		case 'summary':
			return <BuildSummaryTab {...props} row={row} />;
		case 'compare':
			return <CompareTab {...props} row={row} />;
		default:
			return <StepsTab {...props} row={row} />;
	}
};

/** Where nothing was built yet: whether there is a BuildKit, and what to do. */
export const NoBuilds = (props: TabProps) => {
	const buildkit = useSelect((state) => state.buildkit);
	const said = {unknown: 'Looking for a BuildKit…', there: `BuildKit is at ${buildkit.status === 'there' ? plain(buildkit.address) : ''}`, absent: buildkit.status === 'absent' ? plain(buildkit.reason) : ''}[buildkit.status];
	const lines = [...wrapWords(said, Math.max(1, props.width - 4)), '', 'B builds a directory; builds of the command line show here, too.'];
	return <DetailFrame {...props} lines={lines.flatMap((line) => wrapWords(line, Math.max(1, props.width - 4))).map((line) => ` ${line}`)} />;
};
