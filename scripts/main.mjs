/**
The one door of `npm run`: does whatever set-up a command needs, then the command. Runs on Node 18 and newer and on nothing that has to be
installed first; when all is there it costs a few dozen milliseconds.
*/
import {existsSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {ensureBuilt} from './setup/built.mjs';
import {runChecks} from './setup/check.mjs';
import {findNode} from './setup/node.mjs';
import {installPackages} from './setup/packages.mjs';
import {inRoot, tools} from './setup/places.mjs';
import {SetupError, inherit} from './setup/run.mjs';
import {installSystemPackages} from './setup/system.mjs';

const reportFile = path.join(tools, 'vitest.json');

const script = (node, environment, name, ...rest) => {
	const file = inRoot('scripts', name);
	if (!existsSync(file)) throw new SetupError(`${file} is missing: this checkout is not complete`);
	return inherit(node, [file, ...rest], environment);
};

const vitest = async (node, environment, rest) => {
	rmSync(reportFile, {force: true});
	await script(node, environment, 'lab/fetch.ts');
	return inherit(node, [inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`, ...rest], environment);
};

/** Real counts: of vitest's own report, plus one for each check. */
const count = (code, checks) => {
	const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined;
	const passed = checks.passed + (report?.numPassedTests ?? 0);
	let failed = checks.failed + (report?.numFailedTests ?? 0);
	const skipped = report?.numPendingTests ?? 0;
	// A file that could not even be loaded has no test that failed, and yet the run has.
	if (code !== 0 && (report?.numFailedTests ?? 0) === 0) failed += Math.max(1, report?.numFailedTestSuites ?? 1);
	if (skipped > 0) console.log(`${skipped} skipped: what they need is not on this machine, see their names above`);
	console.log(`${passed} passed, ${failed} failed`);
	return failed === 0 ? 0 : 1;
};

const commands = {
	demo: ({node, environment, rest}) => script(node, environment, 'demo.ts', ...rest),
	test: ({node, environment, rest}) => vitest(node, environment, rest),
	async check({node, environment}) {
		return (await runChecks(node, environment)).failed === 0 ? 0 : 1;
	},
	async ci({node, environment, rest}) {
		const checks = await runChecks(node, environment);
		return count(await vitest(node, environment, rest), checks);
	},
	fix: ({node, environment}) => inherit(node, [inRoot('node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'check', '--write', '.'], environment),
	bench: ({node, environment, rest}) => script(node, environment, 'bench.ts', ...rest),
	generate: async ({node, environment, rest}) => (await script(node, environment, 'generate.ts', ...rest)) || script(node, environment, 'keys.ts', ...rest),
	build: () => 0,
};

const built = {demo: {}, test: {}, ci: {}, bench: {}, build: {isForced: true}};

const main = async ([command, ...rest]) => {
	if (!Object.hasOwn(commands, command ?? '')) throw new SetupError(`Say one of: ${Object.keys(commands).join(', ')}`);
	installSystemPackages(command === 'ci' ? 'test' : command);
	const node = findNode();
	installPackages();
	if (built[command] !== undefined) ensureBuilt(node, built[command]);
	const environment = {...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`};
	return commands[command]({node, environment, rest});
};

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	console.error(error instanceof SetupError ? error.message : error);
	process.exitCode = 1;
}
