/**
The text of `dist/verbs.cjs`, where Node starts for a verb of the command line. All verbs are one file, `line.cjs`: what a verb needs was
sixty files when each was a chunk, and each took Node half a millisecond to find. Only large packages that few verbs use are apart (see
`apart.ts`). What V8 made of a file is kept in the user's cache folder, once per verb, with the functions that the verb has used so far.
Node's own compile cache keeps a third of them, and V8 would read the rest
anew at every start: a third of all the time such a process takes.

A file begins with the checksum of all that follows, when it was first and last written, and for what: V8 itself compares no more than the
length of the source. It is written again when it has become twice as old, since later runs come by other functions. Of a process that lives
longer it is taken early: V8 throws away what a start has used and nobody uses any more, and that is just what the next start needs.
*/
export const verbsEntry = (build: string, version: string, verbs: readonly string[]): string => `'use strict';
const fs = require('node:fs');
const path = require('node:path');
if (Number(process.versions.node.split('.')[0]) < 22) {
	console.error('gantry needs Node 22 or newer; ' + process.execPath + ' is ' + process.version + '. Name a newer one with GANTRY_NODE.');
	process.exit(1);
}
const argv = process.argv.slice(2);
const verbs = new Set(${JSON.stringify(verbs)});
const verb = argv.find(word => verbs.has(word)) ?? 'other';
const folder = path.join(process.env.XDG_CACHE_HOME || path.join(process.env.HOME || require('node:os').homedir(), '.cache'), 'gantry/compiled/verbs');
const what = Buffer.from([${JSON.stringify(build)}, process.version, process.arch].join(' ').padEnd(80).slice(0, 80), 'latin1');
const headBytes = 24 + what.length;
const crc32 = bytes => require('node:zlib').crc32(bytes);

const readCache = cache => {
	try {
		const bytes = fs.readFileSync(cache);
		if (bytes.length <= headBytes || bytes.readUInt32LE(0) !== crc32(bytes.subarray(8)) || !bytes.subarray(24, headBytes).equals(what)) return undefined;
		return {data: bytes.subarray(headBytes), firstAt: bytes.readDoubleLE(8), lastAt: bytes.readDoubleLE(16)};
	} catch {
		return undefined;
	}
};

const writeCache = (cache, data, firstAt) => {
	const bytes = Buffer.alloc(headBytes + data.length);
	bytes.writeDoubleLE(firstAt, 8);
	bytes.writeDoubleLE(Date.now(), 16);
	what.copy(bytes, 24);
	data.copy(bytes, headBytes);
	bytes.writeUInt32LE(crc32(bytes.subarray(8)), 0);
	const mine = cache + '.' + process.pid;
	fs.mkdirSync(folder, {recursive: true, mode: 0o700});
	fs.writeFileSync(mine, bytes, {mode: 0o600});
	fs.renameSync(mine, cache);
};

const loaded = new Map();
const requireFrom = id => (id.startsWith('./') ? load(id.slice(2), path.join(folder, verb + '-' + id.slice(2, -4))) : require(id));

const load = (name, cache) => {
	const before = loaded.get(name);
	if (before !== undefined) return before.exports;
	const vm = require('node:vm');
	const file = path.join(__dirname, name);
	const known = readCache(cache);
	const script = new vm.Script(fs.readFileSync(file, 'latin1'), {
		filename: file,
		cachedData: known?.data,
		importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
	});
	const part = {exports: {}};
	loaded.set(name, part);
	script.runInThisContext()(part.exports, requireFrom, part, file, __dirname);
	const isKnown = known !== undefined && !script.cachedDataRejected;
	const startedAt = Date.now();
	if (argv.includes('--help') || (isKnown && startedAt - known.lastAt < Math.max(60_000, known.lastAt - known.firstAt))) return part.exports;
	let made;
	const timer = setTimeout(() => {
		made = script.createCachedData();
	}, 400);
	timer.unref();
	process.once('exit', code => {
		if (code !== 0) return;
		try {
			writeCache(cache, made ?? script.createCachedData(), isKnown ? known.firstAt : startedAt);
		} catch {
			// A full disk, or a cache folder that is not ours to write: the next start takes as long as this one.
		}
	});
	return part.exports;
};

const program = load('line.cjs', path.join(folder, verb));
if (require.main !== module) module.exports = program;
else if (!program.hasVerb(argv)) import('./gantry.mjs');
else {
	// Node ends in silence, and with success, when nothing is left that could wake it.
	process.once('beforeExit', () => {
		console.error('gantry ' + argv.join(' ') + ' stopped in the middle, for nothing was left to wait for. That is a mistake in gantry: please report it.');
		process.exit(1);
	});
	program.main(argv, ${JSON.stringify(version)}).then(code => process.exit(code));
}
`;

/** What `verbs.cjs` runs is a function, as Node would make one of it: to add these lines to a text of megabytes at a start copies it. */
export const verbsWrapper = {banner: {js: '(function(exports,require,module,__filename,__dirname){'}, footer: {js: '})'}} as const;

/** Where the dashboard's program finds the verbs: a name that was mistyped, and a start without the launcher. */
export const verbsModule = `import {createRequire} from 'node:module';
export const {runVerb} = createRequire(import.meta.url)('./verbs.cjs');
`;
