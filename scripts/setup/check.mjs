import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {inRoot, root} from './places.mjs';

const bin = (...parts) => inRoot('node_modules', ...parts);

const checks = node => [
	{title: 'types', command: [node, bin('typescript', 'bin', 'tsc'), '-p', '.']},
	{title: 'lint', command: [node, bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.']},
	{title: 'import law', command: [node, bin('vitest', 'vitest.mjs'), 'run', 'test/architecture.test.ts', '--reporter=dot']},
	...(existsSync(inRoot('scripts', 'generate.ts')) ? [{title: 'generated code', command: [node, inRoot('scripts', 'generate.ts'), '--check']}] : []),
	{title: 'key table', command: [node, inRoot('scripts', 'keys.ts'), '--check']},
];

const runCheck = ({title, command}, environment) =>
	new Promise(resolve => {
		const startedAt = Date.now();
		const output = [];
		const child = spawn(command[0], command.slice(1), {cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe']});
		for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => output.push(chunk));
		child.once('error', error => output.push(Buffer.from(error.message)));
		child.once('close', code => {
			const isGood = code === 0;
			console.log(`${isGood ? '✓' : '✗'} ${title} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
			if (!isGood) console.log(Buffer.concat(output).toString());
			resolve(isGood);
		});
	});

/** All of them, whatever fails: one run shows everything there is to mend. */
export const runChecks = async (node, environment) => {
	let passed = 0;
	let failed = 0;
	for (const check of checks(node)) {
		if (await runCheck(check, environment)) passed++;
		else failed++;
	}

	return {passed, failed};
};
