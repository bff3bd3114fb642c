import {openProject, editProject, forgetProject} from './dashboard/compose-files.ts';
import {downProjects, killProjects, pauseProjects, removeProjects, restartProjects, startProjects, toggleProjects} from './dashboard/compose-life.ts';
import {enterService, showProjectLogs} from './dashboard/compose-look.ts';
import {buildServices} from './dashboard/compose-build.ts';
import {rebuildProjects, scaleService, upProjects} from './dashboard/compose-up.ts';
import {showBuildCache} from './dashboard/build-cache.ts';
import {buildDirectory} from './dashboard/build-form.ts';
import {buildCommands} from './dashboard/builds.ts';
import {copy} from './dashboard/copy.ts';
import {
	killContainers,
	pauseContainers,
	pruneContainers,
	removeContainers,
	restartContainers,
	startContainers,
	stopContainers,
	toggleContainers,
} from './dashboard/container-life.ts';
import {checkHealth, diffContainer, renameContainer} from './dashboard/container-more.ts';
import {enterContainer, execInContainer, inspectContainer, showLogs, showProcesses} from './dashboard/container-look.ts';
import {pruneImages, showDisk} from './dashboard/disk.ts';
import {globalCommands} from './dashboard/global.ts';
import {importImage, loadImages, saveImages} from './dashboard/image-archives.ts';
import {checkImages, pullImages, pushImage} from './dashboard/image-transfer.ts';
import {removeImages, tagImage} from './dashboard/images.ts';
import {inspectCommands} from './dashboard/inspect.ts';
import {fileCommands} from './dashboard/layers.ts';
import {listCommands} from './dashboard/lists.ts';
import {showJobs} from './dashboard/jobs.ts';
import {logCommands} from './dashboard/logs.ts';
import {movements} from './dashboard/movement.ts';
import {paneCommands} from './dashboard/panes.ts';
import {runContainer, runImage} from './dashboard/run-form.ts';
import {openSnapshotter, removeSnapshots} from './dashboard/snapshots.ts';
import {connectContainer, createNetwork, disconnectContainer, joinNetwork, pruneNetworks, removeNetworks} from './dashboard/networks.ts';
import {createVolume, measureVolumes, pruneVolumes, removeVolumes} from './dashboard/volumes.ts';
import type {Command} from './types.ts';

export type * from './types.ts';
export {createDialogs, type Dialogs} from './dialogs.ts';
export {notify, refusalOf, runCommand} from './runner.ts';
export {type OverlayOutcome, pasteOverlay, pressOverlay, visibleChoices} from './overlay-keys.ts';
export {createJobs, type Job, type Jobs} from './jobs.ts';
export {type Hint, hintsFor} from './hints.ts';
export {scopesOf} from './scopes.ts';
export {activeTab, type Tab, tabsOf} from './tabs.ts';
export {sortColumns} from './dashboard/lists.ts';
export {stack} from './dashboard/panes.ts';
export {selectAt} from './dashboard/movement.ts';

/** Everything the dashboard can do, in the order in which menus and help show it. */
export const commands: readonly Command[] = [
	toggleContainers,
	startContainers,
	stopContainers,
	restartContainers,
	pauseContainers,
	killContainers,
	showLogs,
	enterContainer,
	execInContainer,
	inspectContainer,
	showProcesses,
	diffContainer,
	renameContainer,
	checkHealth,
	removeContainers,
	pruneContainers,
	runContainer,
	runImage,
	pullImages,
	pushImage,
	checkImages,
	tagImage,
	removeImages,
	saveImages,
	loadImages,
	importImage,
	pruneImages,
	openSnapshotter,
	removeSnapshots,
	createNetwork,
	connectContainer,
	disconnectContainer,
	joinNetwork,
	removeNetworks,
	pruneNetworks,
	createVolume,
	measureVolumes,
	removeVolumes,
	pruneVolumes,
	upProjects,
	toggleProjects,
	startProjects,
	restartProjects,
	pauseProjects,
	killProjects,
	showProjectLogs,
	enterService,
	downProjects,
	removeProjects,
	scaleService,
	rebuildProjects,
	buildServices,
	editProject,
	openProject,
	forgetProject,
	buildDirectory,
	...buildCommands,
	showBuildCache,
	...logCommands,
	...inspectCommands,
	...fileCommands,
	copy,
	...listCommands,
	...globalCommands,
	showJobs,
	showDisk,
	...paneCommands,
	...movements,
];
