import {useMemo} from 'react';
import {containerKey, type Container} from '../../source/model/container.ts';
import type {DaemonEvent} from '../../source/model/event.ts';
import {plain} from '../../source/model/sanitize.ts';
import {useSelect} from '../../hooks/use-select.ts';
import type {Theme} from '../kit/theme.ts';
import {useTheme} from '../kit/theme-context.ts';
import {LinesTab} from '../detail/lines-tab.tsx';
import type {TabProps} from '../detail/types.ts';

const concerns = (event: DaemonEvent, container: Container): boolean => {
	if (event.namespace !== container.namespace) return false;
	if ('containerId' in event) return event.containerId === container.id;
	return event.kind.startsWith('snapshot-') && 'key' in event && event.key === container.snapshotKey;
};

const words = (event: DaemonEvent): string => {
	const about = event.kind.replaceAll('-', ' ');
	if (event.kind === 'task-exited' || event.kind === 'task-deleted') return `${about} with ${event.exitStatus}${event.execId === '' || event.execId === event.containerId ? '' : ` (exec ${event.execId})`}`;
	if ('execId' in event && event.execId !== undefined && event.execId !== '') return `${about} ${event.execId}`;
	if ('pid' in event && event.pid !== undefined && event.pid > 0) return `${about} as pid ${event.pid}`;
	return about;
};

const line = (event: DaemonEvent, theme: Theme): string => `${theme.paint('muted', new Date(event.at).toTimeString().slice(0, 8))}  ${plain(words(event))}`;

/** What the daemon said of this container since the dashboard started, newest first. */
export const EventsTab = ({container, ...props}: TabProps & {readonly container: Container}) => {
	const theme = useTheme();
	const events = useSelect((state) => state.events);
	const lines = useMemo(
		() => events.filter((event) => concerns(event, container)).reverse().map((event) => line(event, theme)),
		[events, container, theme],
	);
	return <LinesTab {...props} subject={containerKey(container)} lines={lines.length === 0 ? ['Nothing has happened to it since gantry started.'] : lines} />;
};
