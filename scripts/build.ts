import {chmod, mkdir, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {type BuildOptions, build} from 'esbuild';
import {entry, launcher} from './build/launcher.ts';
import {builtinsWithoutImports, lightDependencies, withoutDevelopmentTools} from './build/plugins.ts';
import {synchronousYoga} from './build/yoga.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const common: BuildOptions = {
	absWorkingDir: root,
	bundle: true,
	minify: true,
	platform: 'node',
	target: 'node22',
	legalComments: 'none',
	logLevel: 'warning',
};

/** CommonJS packages ask for Node's modules with require, which an ES module does not have. */
const requireForCommonJs = `import {createRequire as gantryRequire} from 'node:module';const require=gantryRequire(import.meta.url);`;

const buildProgram = async (outdir: string): Promise<void> => {
	await build({
		...common,
		entryPoints: {cli: 'source/cli.tsx'},
		outdir,
		format: 'esm',
		splitting: true,
		outExtension: {'.js': '.mjs'},
		chunkNames: 'parts/[name]-[hash]',
		jsx: 'automatic',
		// Naming one condition drops esbuild's own, so it is named too.
		conditions: ['bundle', 'module'],
		define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
		banner: {js: requireForCommonJs},
		plugins: [synchronousYoga, withoutDevelopmentTools, lightDependencies, builtinsWithoutImports],
	});
	await writeFile(`${outdir}/gantry.mjs`, entry);
	await writeFile(`${outdir}/gantry`, launcher);
	await chmod(`${outdir}/gantry`, 0o755);
};

/** The log driver on its own: it needs no Ink and no gRPC, and what starts containers needs it before there is a dashboard. */
export const buildShim = async (outdir: string): Promise<void> => {
	await build({
		...common,
		entryPoints: ['source/shim/main.ts'],
		outfile: `${outdir}/gantry-shim`,
		format: 'iife',
		plugins: [builtinsWithoutImports],
	});
};

/** Build into a new folder and swap it in, so that a program that is running never finds half of another build. */
const buildAll = async (): Promise<void> => {
	const next = `${root}/dist.next`;
	await rm(next, {recursive: true, force: true});
	await mkdir(next, {recursive: true});
	try {
		await Promise.all([buildProgram(next), buildShim(next)]);
		await rm(`${root}/dist`, {recursive: true, force: true});
		await rename(next, `${root}/dist`);
	} catch (error) {
		await rm(next, {recursive: true, force: true});
		throw error;
	}

	console.log(`dist: ${(await readdir(`${root}/dist`)).join(' ')}`);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
