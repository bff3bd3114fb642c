import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {step} from './run.mjs';
import {inRoot} from './places.mjs';

const inputs = ['source', 'components', 'hooks', 'scripts/build', 'scripts/build.ts', 'package.json', 'package-lock.json', 'tsconfig.json'];

const filesIn = place => {
	if (!existsSync(place)) return [];
	if (!statSync(place).isDirectory()) return [place];
	return readdirSync(place).sort().flatMap(name => filesIn(path.join(place, name)));
};

const inputHash = () => {
	const hash = createHash('sha256');
	for (const file of inputs.flatMap(name => filesIn(inRoot(name)))) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
	return hash.digest('hex');
};

/** Build `dist` when what it is made of has changed; by content, so that a fresh checkout of the same commit does not build again. */
export const ensureBuilt = (node, {isForced = false} = {}) => {
	const stamp = inRoot('dist', '.built-from');
	const hash = inputHash();
	if (!isForced && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
	step('build', node, [inRoot('scripts', 'build.ts'), hash]);
};
