import {fail} from './fail.ts';
import {runKeeper} from './keeper.ts';
import {runLog} from './run-log.ts';

/** What writes logs, and nothing else: it lives as long as containers do, and all that it loads is in memory as long. */
const [mode, place, folder, out = '', err = ''] = process.argv.slice(2);
if (mode === 'keep' && place) runKeeper(place);
else if (mode === 'log' && place) {
	const orphaned = folder === undefined ? undefined : {folder, begun: [Buffer.from(out, 'hex'), Buffer.from(err, 'hex')] as const};
	runLog(place, orphaned).catch(fail);
} else {
	console.error('gantry-shim is started by containerd, as binary://…/gantry-shim?log=<data store>, and by runc, as a hook');
	process.exitCode = 2;
}
