import {useScroll} from '../../hooks/use-scroll.ts';
import {dropCells} from '../kit/drop-cells.ts';
import {DetailFrame} from './detail-frame.tsx';
import type {TabProps} from './types.ts';

export type LinesTabProps = TabProps & {
	/** Another subject starts at the top again. */
	readonly subject: string;
	readonly lines: readonly string[];
	readonly corner?: string;
};

/** Finished lines that can be scrolled both ways: what most tabs are. */
export const LinesTab = ({subject, lines, ...props}: LinesTabProps) => {
	const height = Math.max(0, props.height - 2);
	const {offset, x} = useScroll(`${subject} ${props.active}`, lines.length, height);
	const visible = lines.slice(offset, offset + height).map((line) => ` ${x === 0 ? line : dropCells(line, x)}`);
	const hidden = lines.length - height;
	return <DetailFrame {...props} lines={visible} {...(hidden > 0 ? {bottom: `${Math.min(lines.length, offset + height)}/${lines.length}`} : {})} />;
};
