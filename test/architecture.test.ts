import {readdirSync, readFileSync} from 'node:fs';
import {builtinModules} from 'node:module';
import {basename, dirname, join, normalize, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

type Law = {
	/** Layers whose values it may import; its own is always allowed. */
	readonly layers: readonly string[];
	/** Layers of which it may import types besides: a type carries no behaviour and vanishes. */
	readonly types?: readonly string[];
	/** npm packages, or `any` of them except the screen's. */
	readonly packages: readonly string[] | 'any';
	/** Node's modules: all, or none of those that reach out of the process. */
	readonly builtins: 'all' | 'pure';
};

const everything = ['errors', 'model', 'protocol', 'clients', 'services', 'store', 'watch', 'config', 'commands', 'hooks', 'components'];

/** Who may import whom. A folder that is not named here fails: adding a layer is a decision, made in a diff of this table. */
const laws: Readonly<Record<string, Law>> = {
	errors: {layers: [], packages: [], builtins: 'pure'},
	model: {layers: ['errors'], packages: ['@noble/hashes', 'string-width'], builtins: 'pure'},
	protocol: {layers: [], packages: ['@bufbuild/protobuf', '@grpc/grpc-js'], builtins: 'pure'},
	clients: {layers: ['errors', 'model', 'protocol'], packages: 'any', builtins: 'all'},
	services: {layers: ['errors', 'model', 'clients'], packages: 'any', builtins: 'all'},
	store: {layers: ['errors', 'model'], packages: [], builtins: 'pure'},
	watch: {layers: ['errors', 'model', 'clients', 'services', 'store'], packages: [], builtins: 'all'},
	config: {layers: ['errors', 'model'], packages: ['smol-toml', 'yaml'], builtins: 'all'},
	commands: {layers: ['errors', 'model', 'services', 'store', 'config'], types: ['watch'], packages: 'any', builtins: 'all'},
	/** It takes turns with the dashboard on the same files and locks, so it shares the code for them; see "the shim carries no package". */
	shim: {layers: ['errors', 'model', 'clients'], packages: [], builtins: 'all'},
	hooks: {layers: ['errors', 'model', 'services', 'store', 'config', 'commands'], types: ['watch'], packages: ['react', 'ink'], builtins: 'all'},
	components: {layers: ['errors', 'model', 'commands', 'hooks'], types: ['store'], packages: ['react', 'ink', 'ink-table'], builtins: 'pure'},
	/** The composition root: `cli.tsx` and the folder of its steps, each loaded when its command is asked for. */
	wiring: {layers: [...everything, 'shim'], packages: 'any', builtins: 'all'},
	cli: {layers: [...everything, 'wiring'], packages: 'any', builtins: 'all'},
};

const screenPackages = ['react', 'ink', 'ink-table'];
const pureBuiltins = ['path', 'url', 'util', 'buffer', 'string_decoder', 'events', 'stream', 'timers/promises', 'perf_hooks', 'crypto'];

/** Files that break the law with a reason. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
	// ink-table is CommonJS and asks for Ink, an ES module, with require: unbundled it needs Node's module cache prepared.
	'components/kit/ink-table.ts': ['module'],
};

const filesIn = (folder: string): string[] =>
	readdirSync(join(root, folder), {withFileTypes: true, recursive: true})
		.filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
		.map(entry => relative(root, join(entry.parentPath, entry.name)))
		.sort();

const isGenerated = (file: string): boolean => file.includes('/generated/');
const product = ['source', 'hooks', 'components'].flatMap(filesIn);
const written = product.filter(file => !isGenerated(file));
const bench = ['scripts', 'test'].flatMap(filesIn);

const layerOf = (file: string): string => {
	const [top = '', second = ''] = file.split('/');
	return top === 'source' ? second.replace(/\.tsx?$/, '') : top;
};

type Import = {readonly specifier: string; readonly isType: boolean};

const importsOf = (file: string): readonly Import[] => {
	const text = readFileSync(join(root, file), 'utf8');
	const statements = [...text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'"`;=]*?\sfrom\s+)?['"]([^'"\n]+)['"]/gm)];
	const expressions = [...text.matchAll(/(typeof )?\bimport\(\s*['"]([^'"\n]+)['"]/g)];
	return [...statements, ...expressions].map(match => ({specifier: match[2]!, isType: match[1] !== undefined}));
};

/** `#ink-table` is package.json's name for ink-table, bundled or not. */
const packageOf = (specifier: string): string =>
	specifier.replace(/^#/, '').split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');

const builtinBreach = (law: Law, name: string): boolean => law.builtins === 'pure' && !pureBuiltins.includes(name);

const packageBreach = (law: Law, file: string, name: string): boolean => {
	if (law.packages !== 'any') return !law.packages.includes(name);
	return screenPackages.includes(name) && file !== 'source/cli.tsx';
};

/** What breaks the law, as sentences; none for a file that keeps it. */
const breaches = (file: string): readonly string[] => {
	const layer = layerOf(file);
	const law = laws[layer];
	if (law === undefined) return [`${file}: the law does not know a layer called ${layer}`];
	return importsOf(file).flatMap(({specifier, isType}) => {
		const sentence = `${file} must not import ${specifier}`;
		const builtin = specifier.replace(/^node:/, '');
		if (builtinModules.includes(builtin)) return !isType && !exceptions[file]?.includes(builtin) && builtinBreach(law, builtin) ? [sentence] : [];
		if (!specifier.startsWith('.')) return packageBreach(law, file, packageOf(specifier)) ? [sentence] : [];
		const target = normalize(join(dirname(file), specifier));
		const other = layerOf(target);
		const isAllowed = other === layer || law.layers.includes(other) || (isType && law.types?.includes(other) === true);
		return isAllowed ? [] : [sentence];
	});
};

/** `services/images/list.ts` belongs to `services/images`; a file beside the folders belongs to nothing. */
const nounOf = (file: string): string | undefined => /^source\/((?:services|clients)\/[^/]+)\//.exec(file)?.[1];

const targetsOf = (file: string): readonly string[] =>
	importsOf(file)
		.filter(({specifier}) => specifier.startsWith('.'))
		.map(({specifier}) => normalize(join(dirname(file), specifier)));

const linesOf = (file: string): number => readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length;

const tooLong = (files: readonly string[], most: number): readonly string[] =>
	files.filter(file => linesOf(file) > most).map(file => `${file}: ${linesOf(file)} lines, ${most} are allowed`);

describe('the import law', () => {
	test('every file imports only from the layers below it', () => {
		expect(product.flatMap(breaches)).toEqual([]);
	});

	test('the table is what is tested: a breach of each kind is found', () => {
		expect(layerOf('source/errors.ts')).toBe('errors');
		expect(layerOf('components/kit/frame.ts')).toBe('components');
		expect(packageBreach(laws['services']!, 'source/services/x.ts', 'ink')).toBe(true);
		expect(packageBreach(laws['cli']!, 'source/cli.tsx', 'ink')).toBe(false);
		expect(builtinBreach(laws['model']!, 'fs')).toBe(true);
		expect(breaches('source/nowhere/x.ts')).toEqual(['source/nowhere/x.ts: the law does not know a layer called nowhere']);
	});

	test('a noun uses another noun only through its index', () => {
		const inside = written.flatMap(file =>
			targetsOf(file)
				.filter(target => nounOf(file) !== undefined && nounOf(target) !== undefined && nounOf(file) !== nounOf(target))
				.filter(target => layerOf(file) === layerOf(target) && !['index.ts', 'types.ts'].includes(basename(target)))
				.map(target => `${file} must not look inside ${target}`),
		);
		expect(inside).toEqual([]);
	});

	test('generated code stops at the clients; a fake daemon speaks it too', () => {
		const others = [...written, ...bench].filter(file => !/^(source\/(clients|protocol)|test\/(fakes|clients))\//.test(file));
		expect(others.filter(file => targetsOf(file).some(target => target.startsWith('source/protocol/')))).toEqual([]);
	});

	test('the shim carries no package: followed through every import it is made of Node alone, and of the clients it knows CNI, logs and this machine', () => {
		const reached = new Set<string>(written.filter(file => layerOf(file) === 'shim'));
		for (const file of reached) {
			for (const {specifier, isType} of importsOf(file)) if (!isType && specifier.startsWith('.')) reached.add(normalize(join(dirname(file), specifier)));
		}
		const packages = (file: string): readonly string[] => importsOf(file).filter(({specifier, isType}) => !isType && !specifier.startsWith('.')).map(({specifier}) => specifier);
		expect([...reached].flatMap(packages).filter(name => !builtinModules.includes(name.replace(/^node:/, '')))).toEqual([]);
		expect([...reached].filter(file => layerOf(file) === 'clients' && !/^source\/clients\/(cni|host|json-log)\//.test(file))).toEqual([]);
	});

	test('the kit knows nothing of containers', () => {
		const kit = written.filter(file => file.startsWith('components/kit/'));
		expect(kit.filter(file => targetsOf(file).some(target => /^components\/(?!kit\/)|^source\/(store|services|commands)\//.test(target)))).toEqual([]);
	});
});

describe('the shape of the tree', () => {
	test('no test is left alone or left out by hand', () => {
		const focused = /\b(?:test|it|describe)\.(?:only|todo)\(/;
		expect(filesIn('test').filter(file => file !== 'test/architecture.test.ts' && focused.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
	});

	test('no file is longer than a person reads in one go', () => {
		expect([...tooLong(written, 300), ...tooLong(bench, 400)]).toEqual([]);
		expect(tooLong(written.filter(file => /(^source\/cli|\/app)\.tsx$/.test(file)), 150)).toEqual([]);
	});

	test('no folder is named after having nothing in common', () => {
		const vague = /(^|\/)(utils?|helpers?|common|shared|misc|lib)\//;
		expect([...written, ...filesIn('scripts')].filter(file => vague.test(file))).toEqual([]);
	});

	test('files are named in kebab case, and a thing has one name: no default exports', () => {
		const files = [...written, ...bench].filter(file => !file.startsWith('test/fixtures/'));
		expect(files.filter(file => !/^[a-z0-9.-]+$/.test(basename(file)))).toEqual([]);
		expect([...written, ...filesIn('scripts')].filter(file => /^export default /m.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
	});
});
