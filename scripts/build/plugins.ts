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

/** Named exports that vanish when nobody asks for them: reading one may load more of Node, as `fs.promises` does. */
const builtinAsModule = (name: string): string => {
	const names = Object.keys(require(name)).filter(isIdentifier);
	return [
		`const builtin = process.getBuiltinModule(${JSON.stringify(name)});`,
		'export default builtin;',
		...names.map((key, index) => `const v${index} = /* @__PURE__ */ (() => builtin.${key})(); export {v${index} as ${key}};`),
	].join('\n');
};

/**
Take Node's modules with `process.getBuiltinModule`. It is the one way that works in a CommonJS script and in an ES module alike (which of
the two an installed shim is, depends on the package.json nearest to it), and it is faster: importing `node:fs` as an ES module reads
every property of it, and so loads readline, streams and more before anyone asked.
*/
export const builtinsWithoutImports: Plugin = {
	name: 'builtins-without-imports',
	setup(build) {
		const known = new Set(builtinModules);
		build.onResolve({filter: /^(node:)?[a-z_/]+$/}, ({path, kind}) => {
			const name = path.replace(/^node:/, '');
			if (!known.has(name) || kind === 'dynamic-import') return undefined;
			return {path: `node:${name}`, namespace: kind === 'require-call' ? 'required-builtin' : 'imported-builtin', sideEffects: false};
		});
		build.onLoad({filter: /.*/, namespace: 'imported-builtin'}, ({path}) => ({contents: builtinAsModule(path), loader: 'js'}));
		build.onLoad({filter: /.*/, namespace: 'required-builtin'}, ({path}) => ({
			contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
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
		.replace(/^const segmenter = (new Intl\.Segmenter\(\));$/m, 'let created; const segmenter = {segment: text => (created ??= $1).segment(text)};');

/**
What Ink's dependencies do at load and a dashboard never needs: five copies of string-width that each compile the table of all emoji, a
subprocess module for terminals that don't know their size, and an assertion library for one type check.
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
