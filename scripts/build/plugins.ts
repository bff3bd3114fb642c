import {builtinModules, createRequire} from 'node:module';
import {readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Plugin} from 'esbuild';

const require = createRequire(import.meta.url);

/**
Ink imports its development tools only when DEV is set, which a built program never is; the package itself is not even installed. It reads
DEV from an imported `process`, which esbuild's `define` does not see, and the import behind it would make Ink's loading asynchronous.
*/
export const withoutDevelopmentTools: Plugin = {
	name: 'without-development-tools',
	setup(build) {
		build.onLoad({filter: /\/ink\/build\/(reconciler|ink)\.js$/}, async ({path}) => ({
			contents: (await readFile(path, 'utf8')).replaceAll(/process\.env\['DEV'\] === 'true'/g, 'false'),
			loader: 'js',
		}));
		build.onResolve({filter: /^react-devtools-core$/}, ({path}) => ({path, namespace: 'empty'}));
		build.onLoad({filter: /.*/, namespace: 'empty'}, () => ({contents: 'export default {};', loader: 'js'}));
	},
};

const isIdentifier = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default';

/**
What a file takes of a module of Node's, by name; undefined when that can't be told. All that it does not name stays untouched: reading
one export may load more of Node, as `fs.promises` and `util.TextDecoder` do.
*/
const namesTaken = (source: string, name: string): readonly string[] | undefined => {
	const statement = new RegExp(`\\b(?:import|export)\\b(?!\\s+type\\s)([^'";]*?)\\s*from\\s*['"](?:node:)?${name}['"]`, 'g');
	const clauses = [...source.matchAll(statement)].map(match => match[1] ?? '');
	if (clauses.some(clause => clause.includes('*'))) return undefined;
	return clauses.flatMap(clause =>
		(/\{([^}]*)\}/.exec(clause)?.[1] ?? '')
			.split(',')
			.map(each => each.trim())
			.filter(each => each !== '' && !each.startsWith('type '))
			.map(each => each.split(/\s+as\s+/)[0] ?? ''),
	);
};

/** They take milliseconds to load, and much of what imports them is there before it needs them: their functions are looked up when called. */
const loadedLate: ReadonlySet<string> = new Set(['child_process', 'crypto', 'fs/promises', 'zlib']);

const builtinAsModule = async (name: string, importer: string | undefined): Promise<string> => {
	const all = Object.keys(require(name)).filter(isIdentifier);
	const source = importer === undefined ? undefined : await readFile(importer, 'utf8').catch(() => undefined);
	const taken = source === undefined ? undefined : namesTaken(source, name);
	const names = taken === undefined ? all : all.filter(each => taken.includes(each));
	const itself = `process.getBuiltinModule(${JSON.stringify(`node:${name}`)})`;
	const isCalledLater = (key: string): boolean => loadedLate.has(name) && /^[a-z]/.test(key) && typeof require(name)[key] === 'function';
	const standIn = (key: string): string => (isCalledLater(key) ? `(...all) => ${itself}.${key}(...all)` : `/* @__PURE__ */ (() => builtin.${key})()`);
	return [
		`const builtin = /* @__PURE__ */ ${itself};`,
		'export default builtin;',
		...names.map((key, index) => `const v${index} = ${standIn(key)}; export {v${index} as ${key}};`),
	].join('\n');
};

/**
Take Node's modules with `process.getBuiltinModule`. It is the one way that works in a CommonJS script and in an ES module alike (which of
the two an installed shim is, depends on the package.json nearest to it), and it is faster: importing `node:fs` as an ES module reads
every property of it, and so loads readline, streams and more before anyone asked.

In a program of chunks every file has its own stand-in: one that files of different chunks shared would be a chunk of its own, of three
lines, and finding and reading a chunk takes a millisecond. In one of one file they share it: a thousand names less for V8 to read.
*/
export const builtinsWithoutImports: Plugin = {
	name: 'builtins-without-imports',
	setup(build) {
		const known = new Set(builtinModules);
		const isShared = build.initialOptions.splitting !== true;
		build.onResolve({filter: /^(node:)?[a-z\d_/]+$/}, ({path, kind, importer}) => {
			const name = path.replace(/^node:/, '');
			if (!known.has(name) || kind === 'dynamic-import') return undefined;
			return {path: name, ...(isShared ? {} : {suffix: `?${importer}`}), pluginData: isShared ? undefined : importer, namespace: kind === 'require-call' ? 'required-builtin' : 'imported-builtin', sideEffects: false};
		});
		build.onLoad({filter: /.*/, namespace: 'imported-builtin'}, async ({path, pluginData}) => ({contents: await builtinAsModule(path, pluginData as string | undefined), loader: 'js'}));
		build.onLoad({filter: /.*/, namespace: 'required-builtin'}, ({path}) => ({
			contents: `module.exports = process.getBuiltinModule(${JSON.stringify(`node:${path}`)});`,
			loader: 'js',
		}));
	},
};

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What stands in for a regular expression that is compiled when it is first used; `search` works by its symbol. */
const lazyRegex = `const lazyRegex = create => {
	let compiled;
	const regex = () => (compiled ??= create());
	return {test: text => regex().test(text), exec: text => regex().exec(text), [Symbol.search]: text => text.search(regex())};
};
`;

const lazily = (source: string): string =>
	lazyRegex +
	source
		.replaceAll(/^const (\w+Regex) = (\/.+\/v|new RegExp\(.+\));$/gm, 'const $1 = lazyRegex(() => $2);')
		.replace(/^const (segmenter|GRAPHEME_SEGMENTER) = (new Intl\.Segmenter\([^)]*\));$/m, 'let created; const $1 = {segment: text => (created ??= $2).segment(text)};');

/**
What Ink and its dependencies do at load and a dashboard never needs, or not before its first rows: five copies of string-width that each
compile the table of all emoji, segmenters that each load Unicode's data (twenty milliseconds), a subprocess module for terminals that don't know their size, and an assertion library for one type check.
*/
export const lightDependencies: Plugin = {
	name: 'light-dependencies',
	setup(build) {
		const stringWidth = join(root, 'node_modules/string-width/index.js');
		build.onResolve({filter: /^string-width$/}, () => ({path: stringWidth}));
		build.onLoad({filter: /\/node_modules\/string-width\/index\.js$/}, async ({path}) => ({
			contents: lazily(await readFile(path, 'utf8')),
			loader: 'js',
			resolveDir: dirname(path),
		}));
		build.onLoad({filter: /\/node_modules\/(?:wrap-ansi\/index|slice-ansi\/tokenize-ansi|ink\/build\/line-update|@alcalzone\/ansi-tokenize\/build\/tokenize)\.js$/}, async ({path}) => {
			const source = await readFile(path, 'utf8');
			const light = lazily(source);
			if (!light.includes('created ??=')) throw new Error(`${path} no longer makes its segmenter as it did`);
			return {contents: light, loader: 'js', resolveDir: dirname(path)};
		});
		build.onLoad({filter: /\/terminal-size\/index\.js$/}, async ({path}) => ({
			contents: (await readFile(path, 'utf8')).replace(
				/^import \{execFileSync\} from 'node:child_process';$/m,
				"const execFileSync = (...all) => process.getBuiltinModule('node:child_process').execFileSync(...all);",
			),
			loader: 'js',
		}));
		build.onResolve({filter: /^assert$/}, ({path, importer}) => (importer.includes('/signal-exit/') ? {path, namespace: 'assert-equal'} : undefined));
		build.onLoad({filter: /.*/, namespace: 'assert-equal'}, () => ({
			contents: 'exports.equal = (actual, expected, message) => { if (actual != expected) throw new TypeError(message); };',
			loader: 'js',
		}));
	},
};

/** Lines of grpc-js's index that load what only servers use, or balancers for several addresses of one service: a socket is one. */
const serverLines = [
	/^(?:const|var) (?:server_1|server_credentials_1|server_interceptors_1|orca_1|experimental|load_balancer_(?:round_robin|outlier_detection|weighted_round_robin)) = require\(.*\);$/,
	/^Object\.defineProperty\(exports, .* return (?:server_1|server_credentials_1|server_interceptors_1|orca_1)\..*$/,
	/^exports\.experimental = experimental;$/,
	/^ +load_balancer_(?:round_robin|outlier_detection|weighted_round_robin)\.setup\(\);$/,
];

/**
grpc-js without its server, and without the loader of .proto files, which only a server that tells of its channels would read: every verb
would run through the one at its start, and read past the other. Fails the build when a new version looks different.
*/
export const clientOnly: Plugin = {
	name: 'client-only',
	setup(build) {
		build.onLoad({filter: /\/@grpc\/grpc-js\/build\/src\/index\.js$/}, async ({path}) => {
			const lines = (await readFile(path, 'utf8')).split('\n');
			const left = lines.filter(line => !serverLines.some(pattern => pattern.test(line)));
			if (lines.length - left.length !== 18) throw new Error(`${path} no longer loads its server as it did`);
			return {contents: left.join('\n'), loader: 'js', resolveDir: dirname(path)};
		});
		build.onResolve({filter: /^@grpc\/proto-loader$/}, ({path}) => ({path, namespace: 'no-loader'}));
		build.onLoad({filter: /.*/, namespace: 'no-loader'}, () => ({contents: 'module.exports = {};', loader: 'js'}));
	},
};
