import {Box, Text} from 'ink';
import {memo} from 'react';
import {asAscii} from './ascii.ts';
import {useTheme} from './theme-context.ts';
import {spokenLine} from './theme.ts';

/** One screen line. A string that did not change costs nothing. */
const Line = memo(({text}: {readonly text: string}) => <Text wrap="truncate-end">{text}</Text>);
Line.displayName = 'Line';

/** Finished strings, one per screen line: one Text each, because a Text per cell costs twice the CPU per frame. */
export const Lines = ({lines, width}: {readonly lines: readonly string[]; readonly width: number}) => {
	const {ascii, spoken} = useTheme();
	const shown = spoken ? lines.map(spokenLine).filter((line) => line !== '') : lines;
	return (
		<Box flexDirection="column" width={width} flexShrink={0}>
			{shown.map((text, index) => (
				// The position is the identity: a line is a place on the screen, and what it shows moves through it.
				<Line key={String(index)} text={ascii ? asAscii(text) : text} />
			))}
		</Box>
	);
};
