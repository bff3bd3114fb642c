import {readFileSync} from 'node:fs';
import {fail} from '../fail.ts';
import {sweepOffers} from './offer.ts';
import {runHook} from './run-hook.ts';

const [mode, event, ...rest] = process.argv.slice(2);
if (mode === 'hook' && event) {
	sweepOffers(rest[3]);
	runHook({args: [event, ...rest], env: process.env, state: readFileSync(0, 'utf8')}).catch(fail);
} else {
	console.error('gantry-shim-hook is started by gantry-hook, which runc starts');
	process.exitCode = 2;
}
