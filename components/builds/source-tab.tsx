import {notedSource, type NotedSource} from '../../source/model/build-source.ts';
import {padStart} from '../../source/model/cells.ts';
import {plain} from '../../source/model/sanitize.ts';
import {wrapWords} from '../../source/model/wrap-words.ts';
import type {BuildRow} from '../../hooks/types.ts';
import {useBuild} from '../../hooks/use-build.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';
import type {Theme} from '../kit/theme.ts';
import {useTheme} from '../kit/theme-context.ts';

const gutter = 7;

const noteLines = ({kind, text}: NotedSource['others'][number], indent: number, width: number, theme: Theme): readonly string[] =>
	wrapWords(`${kind === 'error' ? 'error' : 'warning'}: ${plain(text)}`, Math.max(10, width - indent)).map((line) => `${' '.repeat(indent)}${theme.paint(kind === 'error' ? 'bad' : 'warning', line)}`);

const sourceLinesOf = ({file, lines, others}: NotedSource, width: number, theme: Theme): readonly string[] => [
	theme.paint('muted', plain(file)),
	...others.flatMap((note) => noteLines(note, 0, width, theme)),
	'',
	...lines.flatMap(({number, text, notes, isMeant}) => {
		const tone = notes.some(({kind}) => kind === 'error') ? 'bad' : 'warning';
		const lead = `${isMeant ? theme.paint(tone, '>') : ' '}${theme.paint('muted', padStart(String(number), 4))}  `;
		const code = plain(text.replaceAll('\t', '    '));
		return [`${lead}${isMeant ? theme.paint('strong', code) : code}`, ...notes.flatMap((note) => noteLines(note, gutter, width, theme))];
	}),
];

/** The Dockerfile as the build read it; what the build had to say stands below the line that it is about. */
export const SourceTab = ({row: {run}, ...props}: TabProps & {readonly row: BuildRow}) => {
	const theme = useTheme();
	const view = useBuild(run);
	const noted = view.status === 'ready' ? notedSource(view.detail, run.failure) : undefined;
	const width = Math.max(1, props.width - 4);
	const lines =
		noted !== undefined
			? sourceLinesOf(noted, width, theme)
			: wrapWords(view.status === 'failed' ? plain(view.failure) : view.status === 'reading' ? 'Reading…' : 'Nobody has kept the Dockerfile of this build: it was not on this machine, or somebody else built it.', width);
	return <LinesTab {...props} subject={run.id} lines={lines} />;
};
