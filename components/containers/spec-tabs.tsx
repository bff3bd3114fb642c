import {useMemo} from 'react';
import {containerKey, type Container} from '../../source/model/container.ts';
import {plain} from '../../source/model/sanitize.ts';
import {specView} from '../../source/model/spec.ts';
import {type Inspection, useInspect} from '../../hooks/use-inspect.ts';
import {usePorts} from '../../hooks/use-ports.ts';
import {JsonTab} from '../detail/json-tab.tsx';
import {TablesTab} from '../detail/tables-tab.tsx';
import type {TabProps} from '../detail/types.ts';

type Props = TabProps & {readonly container: Container};

const documentOf = ({record, task, spec}: Inspection): unknown => ({
	container: {...record, spec: undefined, extensions: Object.keys(record.extensions), runtimeOptions: record.runtimeOptions?.typeUrl},
	task,
	spec: spec ?? 'none: whoever made this container gave it no spec',
});

export const InspectTab = ({container, ...props}: Props) => {
	const {value, failure} = useInspect(container);
	// Made once per answer: another object would be another document, and folds and matches would be forgotten with every repaint.
	const document = useMemo(() => (value === undefined ? undefined : documentOf(value)), [value]);
	return <JsonTab {...props} subject={containerKey(container)} value={document} {...(failure === undefined ? {} : {note: plain(failure)})} />;
};

export const EnvTab = ({container, ...props}: Props) => {
	const {value, failure} = useInspect(container);
	const env = specView(value?.spec).env.map(({name, value: content}) => ({NAME: plain(name), VALUE: plain(content)}));
	const labels = Object.entries(container.labels).map(([name, content]) => ({LABEL: plain(name), VALUE: plain(content)}));
	return (
		<TablesTab
			{...props}
			subject={containerKey(container)}
			sections={[
				{title: 'Environment', rows: env, empty: 'no environment variables'},
				{title: 'Labels', rows: labels, empty: 'no labels'},
			]}
			{...(failure === undefined ? {} : {note: plain(failure)})}
		/>
	);
};

export const MountsTab = ({container, ...props}: Props) => {
	const {value, failure} = useInspect(container);
	const ports = usePorts(container);
	const mounts = specView(value?.spec).mounts.map((mount) => ({DESTINATION: plain(mount.destination), TYPE: plain(mount.type), SOURCE: plain(mount.source), OPTIONS: plain(mount.options)}));
	return (
		<TablesTab
			{...props}
			subject={containerKey(container)}
			sections={[
				{title: 'Ports', rows: ports.map((port) => ({HOST: `${port.hostAddress}:${port.hostPort}`, CONTAINER: `${port.containerPort}/${port.protocol}`})), empty: 'no published ports'},
				{title: 'Mounts', rows: mounts, empty: 'no mounts'},
			]}
			{...(failure === undefined ? {} : {note: plain(failure)})}
		/>
	);
};
