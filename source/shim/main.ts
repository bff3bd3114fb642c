/** Two duties, and each is loaded when it is asked for: both must be ready at once, and neither has any use for the other. */
const runLog = async (dataStore: string, fifos: string | undefined): Promise<void> => {
	const log = await import('./run-log.ts');
	await log.runLog(dataStore, fifos);
};

const runHook = async (args: readonly string[]): Promise<void> => {
	const hook = await import('./hook/run-hook.ts');
	await hook.runHook(args);
};

const fail = (error: unknown): void => {
	console.error(error instanceof Error && error.name === 'Failure' ? error.message : error);
	process.exitCode = 1;
};

const [mode, argument, ...rest] = process.argv.slice(2);
if (mode === 'log' && argument) runLog(argument, rest[0]).catch(fail);
else if (mode === 'hook' && argument) runHook([argument, ...rest]).catch(fail);
else {
	console.error('gantry-shim is started by containerd, as binary://…/gantry-shim?log=<data store>, and by runc, as a hook');
	process.exitCode = 2;
}
