import {memo} from 'react';
import {activeTab, tabsOf} from '../../source/commands/index.ts';
import {runName} from '../../source/model/build-run.ts';
import {displayName} from '../../source/model/grouping.ts';
import {plain} from '../../source/model/sanitize.ts';
import type {PaneId, Row} from '../../hooks/types.ts';
import {useSelectedRow} from '../../hooks/use-list.ts';
import {useSelect} from '../../hooks/use-select.ts';
import {BuildTab, NoBuilds} from '../builds/build-tab.tsx';
import {EventsTab} from '../containers/events-tab.tsx';
import {HealthTab} from '../containers/health-tab.tsx';
import {ProcessesTab} from '../containers/processes-tab.tsx';
import {EnvTab, InspectTab, MountsTab} from '../containers/spec-tabs.tsx';
import {StatsTab} from '../containers/stats-tab.tsx';
import {ConfigTab, LayersTab, ManifestsTab, UsersTab} from '../images/image-tabs.tsx';
import {familiarName} from '../images/columns.ts';
import {FilesTab} from '../layers/files-tab.tsx';
import {LogsTab} from '../logs/logs-tab.tsx';
import {ConfigTab as ProjectConfigTab, GraphTab, PlanTab} from '../projects/project-tabs.tsx';
import {ServicesTab} from '../projects/services-tab.tsx';
import {ChainTab, OverviewTab, SnapshotLabelsTab, SnapshotMountsTab, UsageTab} from '../snapshots/snapshot-tabs.tsx';
import {NetworkConfigTab, NetworkMembersTab, NetworkTab} from '../networks/network-tabs.tsx';
import {volumeName} from '../volumes/columns.ts';
import {VolumeFilesTab, VolumeTab, VolumeUsersTab} from '../volumes/volume-tabs.tsx';
import {DetailFrame} from './detail-frame.tsx';
import type {TabProps} from './types.ts';

const nameOf = (row: Row | undefined): string => {
	switch (row?.kind) {
		case undefined:
			return '';
		case 'container':
			return plain(displayName(row.container));
		case 'group':
			return plain(row.group.name);
		case 'image':
			return familiarName(row.images[0].name);
		case 'project':
			return plain(row.project.name);
		case 'service':
			return `${plain(row.project.project.name)}/${plain(row.service.name)}`;
		case 'snapshotter':
			return plain(row.entry.name);
		case 'network':
			return plain(row.network.name);
		case 'volume':
			return volumeName(row.volume.name);
		case 'build':
			return plain(runName(row.run));
		case 'snapshot':
			return plain(row.snapshot.key.replace(/^sha256:/, '').slice(0, 12));
	}
};

const ContainerTab = ({row, ...props}: TabProps & {readonly row: Row & {readonly kind: 'container'}}) => {
	const {container} = row;
	switch (props.active) {
		case 'stats':
			return <StatsTab {...props} container={container} />;
		case 'inspect':
			return <InspectTab {...props} container={container} />;
		case 'env':
			return <EnvTab {...props} container={container} />;
		case 'mounts':
			return <MountsTab {...props} container={container} />;
		case 'processes':
			return <ProcessesTab {...props} container={container} />;
		case 'health':
			return <HealthTab {...props} container={container} />;
		case 'events':
			return <EventsTab {...props} container={container} />;
		default:
			return <LogsTab {...props} subject={row.key} containers={[container]} />;
	}
};

const ImageTab = ({row, ...props}: TabProps & {readonly row: Row & {readonly kind: 'image'}}) => {
	switch (props.active) {
		case 'files':
			return <FilesTab {...props} row={row} />;
		case 'config':
			return <ConfigTab {...props} row={row} />;
		case 'manifests':
			return <ManifestsTab {...props} row={row} />;
		case 'users':
			return <UsersTab {...props} row={row} />;
		default:
			return <LayersTab {...props} row={row} />;
	}
};

const SnapshotTab = ({row, ...props}: TabProps & {readonly row: Row & {readonly kind: 'snapshot'}}) => {
	switch (props.active) {
		case 'labels':
			return <SnapshotLabelsTab {...props} row={row} />;
		case 'mounts':
			return <SnapshotMountsTab {...props} row={row} />;
		case 'chain':
			return <ChainTab {...props} row={row} />;
		default:
			return <UsageTab {...props} row={row} />;
	}
};

const ProjectTab = ({row, ...props}: TabProps & {readonly row: Row & {readonly kind: 'project'}}) => {
	switch (props.active) {
		case 'logs':
			return <LogsTab {...props} subject={row.key} containers={row.project.services.flatMap((service) => service.containers)} />;
		case 'config':
			return <ProjectConfigTab {...props} row={row} />;
		case 'graph':
			return <GraphTab {...props} row={row} />;
		case 'plan':
			return <PlanTab {...props} row={row} />;
		default:
			return <ServicesTab {...props} row={row} />;
	}
};

/** The half that shows what is selected: which tab, nothing of what is in it. */
export const Detail = memo(({pane, width, height, hasFocus}: {readonly pane: PaneId; readonly width: number; readonly height: number; readonly hasFocus: boolean}) => {
	const row = useSelectedRow(pane);
	const chosen = useSelect((state) => state.view.tabs[pane]);
	const snapshotter = useSelect((state) => state.snapshotter);
	const active = activeTab(pane, row, chosen);
	const props: TabProps = {width, height, hasFocus, name: nameOf(row), tabs: row === undefined ? [] : tabsOf(pane, row), active};
	switch (row?.kind) {
		case undefined:
			return pane === 'builds' ? <NoBuilds {...props} /> : <DetailFrame {...props} lines={[]} />;
		case 'container':
			return <ContainerTab {...props} row={row} />;
		case 'group':
			return <LogsTab {...props} subject={row.key} containers={row.members} />;
		case 'project':
			return <ProjectTab {...props} row={row} />;
		case 'service':
			if (active === 'logs') return <LogsTab {...props} subject={row.key} containers={row.service.containers} />;
			return active === 'config' ? <ProjectConfigTab {...props} row={row} /> : <ServicesTab {...props} row={row} />;
		case 'image':
			return <ImageTab {...props} row={row} />;
		case 'snapshotter':
			return <OverviewTab {...props} row={row} isDefault={row.key === snapshotter} />;
		case 'network':
			return active === 'containers' ? <NetworkMembersTab {...props} row={row} /> : active === 'config' ? <NetworkConfigTab {...props} row={row} /> : <NetworkTab {...props} row={row} />;
		case 'volume':
			return active === 'files' ? <VolumeFilesTab {...props} row={row} /> : active === 'users' ? <VolumeUsersTab {...props} row={row} /> : <VolumeTab {...props} row={row} />;
		case 'build':
			return <BuildTab {...props} row={row} />;
		case 'snapshot':
			return <SnapshotTab {...props} row={row} />;
	}
});
Detail.displayName = 'Detail';
