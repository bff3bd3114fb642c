import {Box} from 'ink';
import type {ReactNode} from 'react';
import {frame} from '../kit/frame.ts';
import {Lines} from '../kit/lines.tsx';
import {useTheme} from '../kit/theme-context.ts';
import type {Theme} from '../kit/theme.ts';
import type {TabProps} from './types.ts';

export type DetailFrameProps = TabProps & {readonly lines: readonly string[]; readonly bottom?: string; readonly corner?: string};

/** `web-1 ── Logs · Stats · Inspect`: the active tab stands out by weight and brackets, not by colour alone. */
const titleOf = ({name, tabs, active}: TabProps, theme: Theme): string =>
	`${theme.paint('strong', name)}${tabs.length === 0 ? '' : ` ${theme.border.horizontal.repeat(2)} `}${tabs
		.map(({id, title}) => (id === active ? theme.paint('strong', theme.paint('accent', `[${title}]`)) : theme.paint('muted', title)))
		.join(' ')}`;

export const DetailFrame = ({lines, bottom, corner, ...props}: DetailFrameProps) => {
	const theme = useTheme();
	const drawn = frame(lines, {...props, title: titleOf(props, theme), theme, ...(bottom === undefined ? {} : {bottom}), ...(corner === undefined ? {} : {corner})});
	return <Lines lines={drawn} width={props.width} />;
};

/** The same frame around components instead of strings: for the small tables. */
export const DetailBox = ({children, bottom, ...props}: TabProps & {readonly children: ReactNode; readonly bottom?: string}) => (
	<Box width={props.width} height={props.height} flexShrink={0} overflow="hidden">
		<DetailFrame {...props} lines={[]} {...(bottom === undefined ? {} : {bottom})} />
		<Box position="absolute" top={1} left={2} width={Math.max(1, props.width - 4)} height={Math.max(1, props.height - 2)} overflow="hidden" flexDirection="column">
			{children}
		</Box>
	</Box>
);
