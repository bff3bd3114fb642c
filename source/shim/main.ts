import {fail} from './fail.ts';
import {runLog} from './run-log.ts';

/** The log driver, and nothing else: there is one for each container as long as it runs, and all that it loads is in memory as often. */
const [mode, dataStore, fifos] = process.argv.slice(2);
if (mode === 'log' && dataStore) runLog(dataStore, fifos).catch(fail);
else {
	console.error('gantry-shim is started by containerd, as binary://…/gantry-shim?log=<data store>, and by runc, as a hook');
	process.exitCode = 2;
}
