import type {LineCommand} from './types.ts';

/** A verb before it is loaded: what start-up needs. Everything else comes with `load`, so that `ps` does not pay for `stats`. */
export type LineEntry = {
	readonly verbs: readonly [string, ...string[]];
	readonly summary: string;
	readonly load: () => Promise<LineCommand>;
};

const entry = (verbs: readonly [string, ...string[]], summary: string, load: () => Promise<LineCommand>): LineEntry => ({
	verbs,
	summary,
	load,
});

/** In the order in which the help lists them. A test holds verbs and summaries against the modules'. */
export const lineCommands: readonly LineEntry[] = [
	entry(['run', 'container run'], 'Run a command in a new container', async () => (await import('./run.ts')).run),
	entry(['create', 'container create'], 'Create a new container, to be started later', async () => (await import('./create.ts')).create),
	entry(['ps', 'container ls', 'container list', 'container ps'], 'List containers', async () => (await import('./ps.ts')).ps),
	entry(
		['attach', 'container attach'],
		'Attach to a running container: its output from now on, and its input where it has one',
		async () => (await import('./attach.ts')).attach,
	),
	entry(['logs', 'container logs'], 'Show the logs of a container', async () => (await import('./logs.ts')).logs),
	entry(['exec', 'container exec'], 'Run a command in a running container', async () => (await import('./exec.ts')).exec),
	entry(['start', 'container start'], 'Start one or more stopped containers', async () => (await import('./start.ts')).start),
	entry(['stop', 'container stop'], 'Stop one or more running containers', async () => (await import('./stop.ts')).stop),
	entry(['restart', 'container restart'], 'Restart one or more containers', async () => (await import('./restart.ts')).restart),
	entry(['kill', 'container kill'], 'Send a signal to one or more running containers', async () => (await import('./kill.ts')).kill),
	entry(['pause', 'container pause'], 'Pause all processes within one or more containers', async () => (await import('./pause.ts')).pause),
	entry(
		['unpause', 'container unpause'],
		'Unpause all processes within one or more containers',
		async () => (await import('./unpause.ts')).unpause,
	),
	entry(['rm', 'remove', 'container rm', 'container remove'], 'Remove one or more containers', async () => (await import('./rm.ts')).rm),
	entry(
		['wait', 'container wait'],
		'Block until one or more containers stop, then print their exit codes',
		async () => (await import('./wait.ts')).wait,
	),
	entry(['container prune'], 'Remove all stopped containers', async () => (await import('./prune.ts')).prune),
	entry(['top', 'container top'], 'Display the running processes of a container', async () => (await import('./top.ts')).top),
	entry(['rename', 'container rename'], 'Rename a container', async () => (await import('./rename.ts')).rename),
	entry(
		['update', 'container update'],
		'Update the limits or the restart policy of one or more containers',
		async () => (await import('./update.ts')).update,
	),
	entry(
		['healthcheck', 'container healthcheck'],
		'Execute the health check command in a container',
		async () => (await import('./healthcheck.ts')).healthcheck,
	),
	entry(['cp', 'container cp'], 'Copy files between a container and this machine; - is a tar archive', async () => (await import('./cp.ts')).cp),
	entry(
		['diff', 'container diff'],
		"Inspect changes to files or directories on a container's filesystem",
		async () => (await import('./diff.ts')).diff,
	),
	entry(
		['export', 'container export'],
		"Export a container's filesystem as a tar archive (to stdout unless said)",
		async () => (await import('./export.ts')).exportLine,
	),
	entry(['stats', 'container stats'], 'Display resource usage of containers', async () => (await import('./stats.ts')).stats),
	entry(['inspect'], 'Return low-level information on containers and images', async () => (await import('./inspect.ts')).inspect),
	entry(
		['container inspect'],
		'Display detailed information on one or more containers',
		async () => (await import('./inspect.ts')).containerInspect,
	),
	entry(['images', 'image ls', 'image list'], 'List images', async () => (await import('./images.ts')).images),
	entry(['image inspect'], 'Display detailed information on one or more images', async () => (await import('./inspect.ts')).imageInspect),
	entry(['history', 'image history'], 'Show the history of an image', async () => (await import('./history.ts')).history),
	entry(['system df'], 'Show where the bytes are, and what could be freed', async () => (await import('./system-df.ts')).systemDf),
	entry(['system prune'], 'Remove unused data', async () => (await import('./system-prune.ts')).systemPrune),
	entry(['pull', 'image pull'], 'Pull an image from a registry', async () => (await import('./pull.ts')).pull),
	entry(['push', 'image push'], 'Push an image to a registry', async () => (await import('./push.ts')).push),
	entry(
		['save', 'image save'],
		'Save one or more images to a tar archive (to stdout unless said)',
		async () => (await import('./save.ts')).save,
	),
	entry(['load', 'image load'], 'Load images from a tar archive (from stdin unless said)', async () => (await import('./load.ts')).load),
	entry(
		['import', 'image import'],
		'Import a file system from a tar archive to create an image',
		async () => (await import('./import.ts')).importLine,
	),
	entry(['commit', 'container commit'], "Create a new image from a container's changes", async () => (await import('./commit.ts')).commit),
	entry(['image convert'], 'Convert an image: its documents, or how its layers are packed', async () => (await import('./convert.ts')).convert),
	entry(
		['manifest create'],
		'Create a local manifest list, for annotating and pushing to a registry',
		async () => (await import('./manifest.ts')).manifestCreate,
	),
	entry(
		['manifest annotate'],
		'Add additional information to a local image manifest',
		async () => (await import('./manifest.ts')).manifestAnnotate,
	),
	entry(['manifest inspect'], 'Display an image manifest, or manifest list', async () => (await import('./manifest.ts')).manifestInspect),
	entry(['manifest push'], 'Push a manifest list to a registry', async () => (await import('./manifest.ts')).manifestPush),
	entry(['manifest rm', 'manifest remove'], 'Remove one or more manifest lists', async () => (await import('./manifest.ts')).manifestRemove),
	entry(['build', 'image build', 'builder build'], 'Build an image from a Dockerfile, with BuildKit', async () => (await import('./build.ts')).build),
	entry(['builder du'], 'Show what the build cache holds', async () => (await import('./builder.ts')).builderDu),
	entry(['builder prune'], 'Clean up the build cache', async () => (await import('./builder.ts')).builderPrune),
	entry(['builder ls', 'builder list'], 'List the workers of BuildKit', async () => (await import('./builder.ts')).builderList),
	entry(['tag', 'image tag'], 'Give an image a further name', async () => (await import('./tag.ts')).tag),
	entry(['rmi', 'image rm', 'image remove'], 'Remove one or more images', async () => (await import('./rmi.ts')).rmi),
	entry(['login'], 'Log in to a container registry', async () => (await import('./login.ts')).login),
	entry(['logout'], 'Log out from a container registry', async () => (await import('./logout.ts')).logout),
	entry(['search'], 'Search a registry for images', async () => (await import('./search.ts')).search),
	entry(['image prune'], 'Remove unused images', async () => (await import('./image-prune.ts')).imagePrune),
	entry(['network ls', 'network list'], 'List networks', async () => (await import('./network.ts')).networkList),
	entry(['network create'], 'Create a network', async () => (await import('./network.ts')).networkCreate),
	entry(['network inspect'], 'Display detailed information on one or more networks', async () => (await import('./network-inspect.ts')).networkInspect),
	entry(['network rm', 'network remove'], 'Remove one or more networks', async () => (await import('./network.ts')).networkRemove),
	entry(['network prune'], 'Remove all unused networks', async () => (await import('./network.ts')).networkPrune),
	entry(
		['network connect'],
		'Connect a container to a network, now and at every later start',
		async () => (await import('./network.ts')).networkConnect,
	),
	entry(['network disconnect'], 'Disconnect a container from a network', async () => (await import('./network.ts')).networkDisconnect),
	entry(['port', 'container port'], 'List port mappings or a specific mapping for the container', async () => (await import('./port.ts')).port),
	entry(
		['namespace ls', 'namespace list', 'ns ls', 'ns list'],
		'List namespaces',
		async () => (await import('./namespace.ts')).namespaceList,
	),
	entry(['namespace create', 'ns create'], 'Create a new namespace', async () => (await import('./namespace.ts')).namespaceCreate),
	entry(
		['namespace inspect', 'ns inspect'],
		'Display detailed information on one or more namespaces',
		async () => (await import('./namespace.ts')).namespaceInspect,
	),
	entry(
		['namespace remove', 'namespace rm', 'ns remove', 'ns rm'],
		'Remove one or more namespaces',
		async () => (await import('./namespace.ts')).namespaceRemove,
	),
	entry(['namespace update', 'ns update'], 'Update labels of a namespace', async () => (await import('./namespace.ts')).namespaceUpdate),
	entry(['volume ls', 'volume list'], 'List volumes', async () => (await import('./volume.ts')).volumeList),
	entry(['volume create'], 'Create a volume', async () => (await import('./volume.ts')).volumeCreate),
	entry(
		['volume inspect'],
		'Display detailed information on one or more volumes',
		async () => (await import('./volume.ts')).volumeInspect,
	),
	entry(['volume rm', 'volume remove'], 'Remove one or more volumes', async () => (await import('./volume.ts')).volumeRemove),
	entry(['volume prune'], 'Remove all unused local volumes', async () => (await import('./volume.ts')).volumePrune),
	entry(['compose up'], 'Bring a project up: make and start what its files say', async () => (await import('./compose-up.ts')).composeUp),
	entry(['compose down'], 'Take a project down: stop and remove its containers and networks', async () => (await import('./compose-down.ts')).composeDown),
	entry(['compose ps'], "List a project's containers", async () => (await import('./compose-ps.ts')).composePs),
	entry(
		['compose config', 'compose convert'],
		'Check a compose project, and print it with everything said',
		async () => (await import('./compose-config.ts')).composeConfig,
	),
	entry(['events', 'system events'], 'Get real time events from the server', async () => (await import('./events.ts')).events),
	entry(['info', 'system info'], 'Display system-wide information', async () => (await import('./info.ts')).info),
	entry(['version'], 'Show the version information', async () => (await import('./version.ts')).version),
];
