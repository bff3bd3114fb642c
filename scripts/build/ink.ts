import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import type {Plugin} from 'esbuild';

const cells = fileURLToPath(new URL('../../source/model/cells.ts', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

/** A function of one string that always answers the same: what it said is remembered, and forgotten as a whole when there is too much of it. */
const remembered = (name: string): string =>
	[
		'',
		'const known = new Map();',
		'export default (text, ...more) => {',
		`	if (more.length > 0) return ${name}(text, ...more);`,
		'	let answer = known.get(text);',
		'	if (answer === undefined) {',
		'		if (known.size >= 4000) known.clear();',
		`		answer = ${name}(text);`,
		'		known.set(text, answer);',
		'	}',
		'	return answer;',
		'};',
	].join('\n');

const remember = (file: RegExp, name: string): Plugin => ({
	name: `remember-${name}`,
	setup(build) {
		build.onLoad({filter: file}, async ({path}) => ({
			contents: (await readFile(path, 'utf8')).replace(`export default ${name};`, '').replace(`export default function ${name}(`, `function ${name}(`) + remembered(name),
			loader: 'js',
		}));
	},
});

/**
string-width cuts a text into graphemes as soon as one character is not ASCII, and every line of a dashboard has a border. Ours counts the
same cells (a test holds the two against each other) with a table; what it does not know, links and options, is left to string-width.
*/
const quickWidth: Plugin = {
	name: 'quick-width',
	setup(build) {
		build.onResolve({filter: /^string-width$/}, ({importer, namespace}) => (namespace === 'quick-width' || importer === cells ? undefined : {path: 'string-width', namespace: 'quick-width'}));
		build.onLoad({filter: /.*/, namespace: 'quick-width'}, () => ({
			contents: [
				"import slow from 'string-width';",
				`import {cellWidth} from ${JSON.stringify(cells)};`,
				"const isOurs = (text, options) => options === undefined && typeof text === 'string' && !text.includes('\\u001B]');",
				'export default (text, options) => (isOurs(text, options) ? cellWidth(text) : slow(text, options));',
			].join('\n'),
			loader: 'js',
			resolveDir: fileURLToPath(new URL('../..', import.meta.url)),
		}));
	},
};

/** One of Ink's own modules, as another of them sees it, goes through a function of ours. */
const wrapped = (module: string, importedBy: string, wrapper: string, from: string): Plugin => ({
	name: wrapper,
	setup(build) {
		build.onResolve({filter: new RegExp(`^\\./${module.replace('.', '\\.')}$`)}, ({importer, resolveDir, path}) =>
			importer.endsWith(`/ink/build/${importedBy}`) ? {path: `${resolveDir}/${path}`, namespace: wrapper} : undefined,
		);
		build.onLoad({filter: /.*/, namespace: wrapper}, ({path}) => ({
			contents: `import Original from ${JSON.stringify(path)}; import {${wrapper}} from ${JSON.stringify(from)}; export default ${wrapper}(Original);`,
			loader: 'js',
			resolveDir: here,
		}));
	},
});

/**
Ink measures and cleans every text of every frame anew, though most lines of a screen are those of the frame before; and it puts the frame
together cell by cell. The built program remembers the first and joins the second (see components/kit/row-output.ts). It also writes less
of it (components/kit/frame-writer.ts).
*/
export const quickInk: readonly Plugin[] = [
	remember(/\/ink\/build\/sanitize-ansi\.js$/, 'sanitizeAnsi'),
	quickWidth,
	remember(/\/widest-line\/index\.js$/, 'widestLine'),
	wrapped('output.js', 'renderer.js', 'rowOutput', '../../components/kit/row-output.ts'),
	wrapped('log-update.js', 'ink.js', 'frameWriter', '../../components/kit/frame-writer.ts'),
];
