import {entry, type LineEntry} from '../entry.ts';

/** The verbs of `compose`, in the order in which the help lists them. */
export const composeCommands: readonly LineEntry[] = [
	entry(['compose up'], 'Bring a project up: make and start what its files say', async () => (await import('./up.ts')).composeUp),
	entry(['compose down'], 'Take a project down: stop and remove its containers and networks', async () => (await import('./down.ts')).composeDown),
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
	entry(['compose config', 'compose convert'], 'Check a compose project, and print it with everything said', async () => (await import('./config.ts')).composeConfig),
];
