import {fail} from '../fail.ts';
import {runHook} from './run-hook.ts';

const [mode, event, ...rest] = process.argv.slice(2);
if (mode === 'hook' && event) runHook([event, ...rest]).catch(fail);
else {
	console.error('gantry-shim-hook is started by gantry-shim, which runc starts as a hook');
	process.exitCode = 2;
}
