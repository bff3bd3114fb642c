import {readFileSync} from 'node:fs';
import {step} from './run.mjs';
import {inRoot} from './places.mjs';

const readJson = file => {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return undefined;
	}
};

/** npm writes down what it installed; packages for other platforms are in the lock file and rightly not there. */
const isInstalled = () => {
	const wanted = readJson(inRoot('package-lock.json'))?.packages;
	const installed = readJson(inRoot('node_modules', '.package-lock.json'))?.packages;
	if (wanted === undefined || installed === undefined) return false;
	return Object.entries(wanted).every(([name, {version, optional, peer}]) => {
		if (name === '' || installed[name]?.version === version) return true;
		return installed[name] === undefined && Boolean(optional || peer);
	});
};

/** npm packages exactly as the lock file has them, without install scripts. */
export const installPackages = () => {
	if (isInstalled()) return;
	step('npm ci', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
};
