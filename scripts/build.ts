import {readFileSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {type BuildOptions, type Plugin, build} from 'esbuild';
import {createHash} from 'node:crypto';
import {lineCommands} from '../source/commands/line/registry.ts';
import {apart, fileOf, packagesApart} from './build/apart.ts';
import {entry, launcherOf} from './build/launcher.ts';
import {verbsEntry, verbsModule, verbsWrapper} from './build/verbs-entry.ts';
import {builtinsWithoutImports, clientOnly, lightDependencies, withoutDevelopmentTools} from './build/plugins.ts';
import {quickInk} from './build/ink.ts';
import {synchronousYoga} from './build/yoga.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const {version} = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {readonly version: string};

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

const program: BuildOptions = {
	...common,
	format: 'esm',
	splitting: true,
	outExtension: {'.js': '.mjs'},
	jsx: 'automatic',
	// Naming one condition drops esbuild's own, so it is named too.
	conditions: ['bundle', 'module'],
	define: {'process.env.NODE_ENV': '"production"', GANTRY_VERSION: JSON.stringify(version)},
	banner: {js: requireForCommonJs},
};

const plugins = [synchronousYoga, withoutDevelopmentTools, ...quickInk, lightDependencies, clientOnly, builtinsWithoutImports];

/**
The verbs of the command line are a program beside the dashboard, found from `cli.mjs` at run time. The dashboard knows their names, for
its help; what their records would load when they run is not followed, since there they never do.
*/
const verbsApart: Plugin = {
	name: 'verbs-apart',
	setup(build) {
		build.onResolve({filter: /^\.\//}, ({path, importer, kind}) => {
			const isOfVerbs = kind === 'dynamic-import' && (path === './wiring/line.ts' || importer.includes('/source/commands/line/'));
			return isOfVerbs ? {path: './line.mjs', external: true} : undefined;
		});
	},
};

/** Most chunks have no CommonJS in them, and making a `require` takes each a fraction of a millisecond before the first frame. */
const withoutIdleBanners = async (outdir: string): Promise<void> => {
	const chunks = (await readdir(outdir, {recursive: true})).filter(name => name.endsWith('.mjs'));
	await Promise.all(
		chunks.map(async name => {
			const path = `${outdir}/${name}`;
			const text = await readFile(path, 'utf8');
			const rest = text.replace(requireForCommonJs, '');
			if (!/\brequire\b/.test(rest)) await writeFile(path, rest);
		}),
	);
};

/** The verbs in one file, whose modules run when a verb first asks for them. */
const verbsInOne: BuildOptions = {...program, format: 'cjs', splitting: false, outExtension: {'.js': '.cjs'}, ...verbsWrapper};

/**
The dashboard and the verbs are built apart. Built together, whatever two of the twenty verbs share becomes a file of its own, and the
dashboard would read dozens of tiny files before its first frame. What both need is on disk twice and in memory once.
*/
const buildProgram = async (outdir: string): Promise<void> => {
	await Promise.all([
		build({...program, outdir, entryPoints: {cli: 'source/cli.tsx'}, chunkNames: 'parts/[name]-[hash]', plugins: [verbsApart, ...plugins]}),
		build({...verbsInOne, outdir, entryPoints: {line: 'source/wiring/line.ts'}, plugins: [apart, ...plugins]}),
		build({...verbsInOne, outdir, entryPoints: Object.fromEntries(packagesApart.map(name => [fileOf(name), name])), plugins}),
	]);
	await withoutIdleBanners(outdir);
	const verbs = [...new Set(lineCommands.flatMap(({verbs: spelled}) => spelled.map(verb => verb.split(' ')[0] ?? '')))];
	const made = createHash('sha256');
	for (const name of ['line', ...packagesApart]) made.update(await readFile(`${outdir}/${fileOf(name)}.cjs`));
	await writeFile(`${outdir}/verbs.cjs`, verbsEntry(made.digest('hex').slice(0, 32), version, verbs));
	await writeFile(`${outdir}/line.mjs`, verbsModule);
	await writeFile(`${outdir}/gantry.mjs`, entry);
	await writeFile(`${outdir}/gantry`, launcherOf(verbs));
	await chmod(`${outdir}/gantry`, 0o755);
};

/** The log driver and the hook, each on its own: they need no Ink and no gRPC, and what starts containers needs them before there is a dashboard. */
export const buildShim = async (outdir: string): Promise<void> => {
	const parts = {'gantry-shim': 'source/shim/main.ts', 'gantry-shim-hook': 'source/shim/hook/main.ts'};
	await Promise.all(
		Object.entries(parts).map(async ([name, entryPoint]) =>
			build({...common, entryPoints: [entryPoint], outfile: `${outdir}/${name}`, format: 'iife', plugins: [builtinsWithoutImports]}),
		),
	);
};

const swapIn = async (next: string): Promise<void> => {
	const dist = `${root}/dist`;
	const old = `${next}.old`;
	for (;;) {
		await rename(dist, old).catch(() => {});
		await rm(old, {recursive: true, force: true});
		try {
			await rename(next, dist);
			return;
		} catch (error) {
			// Another build was a moment faster: ours is the newer one.
			if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
		}
	}
};

/** Build into a new folder and swap it in, so that a program that is running never finds half of another build. `stamp` says what it was made from. */
const buildAll = async (stamp: string | undefined): Promise<void> => {
	await mkdir(`${root}/.tools`, {recursive: true});
	const next = await mkdtemp(`${root}/.tools/build-`);
	try {
		await Promise.all([buildProgram(next), buildShim(next)]);
		if (stamp !== undefined) await writeFile(`${next}/.built-from`, stamp);
		await chmod(next, 0o755);
		await swapIn(next);
	} finally {
		await rm(next, {recursive: true, force: true});
	}
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll(process.argv[2]);
