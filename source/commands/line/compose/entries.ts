import {entry, type LineEntry} from '../entry.ts';

/** The verbs of `compose`, in the order in which the help lists them. */
export const composeCommands: readonly LineEntry[] = [
	entry(['compose up'], 'Bring a project up: make and start what its files say', async () => (await import('./up.ts')).composeUp),
	entry(['compose down'], 'Take a project down: stop and remove its containers and networks', async () => (await import('./down.ts')).composeDown),
	entry(['compose ps'], "List a project's containers", async () => (await import('./ps.ts')).composePs),
	entry(['compose config', 'compose convert'], 'Check a compose project, and print it with everything said', async () => (await import('./config.ts')).composeConfig),
];
