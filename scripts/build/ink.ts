import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import type {Plugin} from 'esbuild';

const cells = fileURLToPath(new URL('../../source/model/cells.ts', import.meta.url));
const rowOutput = fileURLToPath(new URL('../../components/kit/row-output.ts', import.meta.url));

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

/**
Ink measures and cleans every text of every frame anew, though most lines of a screen are those of the frame before; and it puts the frame
together cell by cell. The built program remembers the first and joins the second (see components/kit/row-output.ts).
*/
export const quickInk: readonly Plugin[] = [
	remember(/\/ink\/build\/sanitize-ansi\.js$/, 'sanitizeAnsi'),
	quickWidth,
	remember(/\/widest-line\/index\.js$/, 'widestLine'),
	{
		name: 'row-output',
		setup(build) {
			build.onResolve({filter: /^\.\/output\.js$/}, ({importer, resolveDir, path}) =>
				/\/ink\/build\/renderer\.js$/.test(importer) ? {path: `${resolveDir}/${path}`, namespace: 'row-output'} : undefined,
			);
			build.onLoad({filter: /.*/, namespace: 'row-output'}, ({path}) => ({
				contents: `import Original from ${JSON.stringify(path)}; import {rowOutput} from ${JSON.stringify(rowOutput)}; export default rowOutput(Original);`,
				loader: 'js',
				resolveDir: fileURLToPath(new URL('.', import.meta.url)),
			}));
		},
	},
];
