import {truncate} from '../../source/model/cells.ts';
import type {Container} from '../../source/model/container.ts';
import {useLogs} from '../../hooks/use-logs.ts';
import {DetailFrame} from '../detail/detail-frame.tsx';
import type {TabProps} from '../detail/types.ts';
import {useTheme} from '../kit/theme-context.ts';
import type {Theme} from '../kit/theme.ts';

type Switches = NonNullable<ReturnType<typeof useLogs>>['switches'];

/** What is switched on, by name. */
const cornerOf = (switches: Switches, theme: Theme): string => switches.filter(({isOn}) => isOn).map(({name}) => theme.paint('strong', name)).join(' ');

/** Narrower than this, the corner would cost the tabs. */
const cornerFrom = 100;

export const LogsTab = ({subject, containers, ...props}: TabProps & {readonly subject: string; readonly containers: readonly Container[]}) => {
	const theme = useTheme();
	const frame = useLogs(subject, containers, {columns: Math.max(1, props.width - 3), rows: Math.max(0, props.height - 2), ascii: theme.ascii});
	const corner = frame === undefined || props.width < cornerFrom ? '' : cornerOf(frame.switches, theme);
	return <DetailFrame {...props} lines={(frame?.rows ?? ['Reading…']).map(row => ` ${row}`)} bottom={truncate(frame?.status ?? '', Math.max(0, props.width - 4))} corner={corner} />;
};
