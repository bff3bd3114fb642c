import {entry, type LineEntry} from '../entry.ts';

/** The verbs of `compose`, in the order in which the help lists them. */
export const composeCommands: readonly LineEntry[] = [
	entry(['compose up'], 'Bring a project up: make and start what its files say', async () => (await import('./up.ts')).composeUp),
	entry(['compose down'], 'Take a project down: stop and remove its containers and networks', async () => (await import('./down.ts')).composeDown),
	entry(
		['compose watch'],
		'Copy what is edited into the containers, restart or rebuild them, as develop.watch says',
		async () => (await import('./watch.ts')).composeWatch,
	),
	entry(['compose create'], "Make a project's containers, to be started later", async () => (await import('./create.ts')).composeCreate),
	entry(['compose scale'], 'Have as many containers of services as is said', async () => (await import('./scale.ts')).composeScale),
	entry(['compose start'], "Start a project's containers", async () => (await import('./lifecycle.ts')).composeStart),
	entry(['compose stop'], "Stop a project's containers", async () => (await import('./lifecycle.ts')).composeStop),
	entry(
		['compose restart'],
		"Restart a project's containers, with those that their file wants restarted with them",
		async () => (await import('./lifecycle.ts')).composeRestart,
	),
	entry(['compose kill'], "Send a signal to a project's running containers", async () => (await import('./lifecycle.ts')).composeKill),
	entry(['compose pause'], "Pause all processes of a project's containers", async () => (await import('./lifecycle.ts')).composePause),
	entry(['compose unpause'], "Unpause a project's containers", async () => (await import('./lifecycle.ts')).composeUnpause),
	entry(['compose rm'], "Remove a project's stopped containers", async () => (await import('./rm.ts')).composeRm),
	entry(
		['compose logs'],
		"Show the logs of a project's containers together, in the order of time",
		async () => (await import('./logs.ts')).composeLogs,
	),
	entry(['compose ps'], "List a project's containers", async () => (await import('./ps.ts')).composePs),
	entry(['compose exec'], 'Run a command in a running container of a service', async () => (await import('./exec.ts')).composeExec),
	entry(
		['compose run'],
		'Run a command in a new container of a service, which is no replica of it',
		async () => (await import('./run.ts')).composeRun,
	),
	entry(
		['compose attach'],
		'Attach to a running container of a service: its output from now on, and its input where it has one',
		async () => (await import('./attach.ts')).composeAttach,
	),
	entry(
		['compose cp'],
		'Copy files between the containers of a service and this machine; - is a tar archive',
		async () => (await import('./cp.ts')).composeCp,
	),
	entry(['compose port'], 'Print where a port of a service is published', async () => (await import('./port.ts')).composePort),
	entry(['compose top'], "Display the running processes of a project's containers", async () => (await import('./top.ts')).composeTop),
	entry(['compose stats'], "Display resource usage of a project's containers", async () => (await import('./stats.ts')).composeStats),
	entry(['compose pull'], "Pull the images of a project's services", async () => (await import('./pull.ts')).composePull),
	entry(['compose push'], "Push the images that are built for a project's services", async () => (await import('./push.ts')).composePush),
	entry(['compose build'], "Build the images of a project's services", async () => (await import('./build.ts')).composeBuild),
	entry(['compose images'], "List the images that a project's containers were made of", async () => (await import('./images.ts')).composeImages),
	entry(
		['compose wait'],
		'Block until the containers of services stop; the exit code is that of the last one',
		async () => (await import('./wait.ts')).composeWait,
	),
	entry(['compose events'], "Get real time events of a project's containers", async () => (await import('./events.ts')).composeEvents),
	entry(['compose ls'], 'List the compose projects that have containers', async () => (await import('./ls.ts')).composeLs),
	entry(['compose version'], 'Show the version of gantry, whose compose is its own', async () => (await import('./version.ts')).composeVersion),
	entry(['compose config', 'compose convert'], 'Check a compose project, and print it with everything said', async () => (await import('./config.ts')).composeConfig),
];
