/**
Generate `source/protocol/generated` from our .proto files: `node scripts/generate.ts`.
With `--check` nothing is written; it fails when what is committed is not what would be generated.
*/
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));
const protocol = join(root, 'source/protocol');
const committed = join(protocol, 'generated');

/** Enums become literal objects and imports name .ts files, because Node runs the sources by stripping types. */
const common = [
	'outputServices=grpc-js',
	'esModuleInterop=true',
	'importSuffix=.ts',
	'useDate=false',
	'enumsAsLiterals=true',
	'unrecognizedEnum=false',
	'outputJsonMethods=false',
	'outputPartialMethods=false',
	'annotateFilesWithVersion=false',
];

/** cgroup counters and limits, and nanoseconds since 1970, pass 2^53, where decoding into a number throws. */
const needsBigint = (name: string): boolean => name.startsWith('cgroups-') || name === 'buildkit-fsutil.proto';

const generate = async (target: string): Promise<void> => {
	const names = readdirSync(protocol).filter(name => name.endsWith('.proto'));
	for (const [long, chosen] of [
		['number', names.filter(name => !needsBigint(name))],
		['bigint', names.filter(name => needsBigint(name))],
	] as const) {
		await execa('protoc', [
			`--proto_path=${protocol}`,
			`--plugin=${join(root, 'node_modules/.bin/protoc-gen-ts_proto')}`,
			`--ts_proto_out=${target}`,
			`--ts_proto_opt=${[...common, `forceLong=${long}`].join(',')}`,
			...chosen.map(name => join(protocol, name)),
		], {stderr: 'inherit'});
	}
};

/**
Clients are cut away: `clients/containerd/call.ts` calls by method definition over one channel, so of each service we need the
definition and the server's type only, and the generated code then loads without grpc-js.
*/
const withoutClients = (text: string): string => {
	const cut = text
		.replaceAll(/^export interface \w+Client extends Client \{\n[\s\S]*?^\}\n\n/gm, '')
		.replaceAll(/^export const \w+Client = makeGenericClientConstructor\([\s\S]*?^\};\n\n/gm, '');
	return cut.replace(/^import \{\n([\s\S]*?)\} from "@grpc\/grpc-js";$/m, (block, names: string) => {
		const used = [...names.matchAll(/\w+(?=,\n)/g)].map(([name]) => name).filter(name => cut.replace(block, '').match(new RegExp(`\\b${name}\\b`)));
		return `import type { ${used.join(', ')} } from "@grpc/grpc-js";`;
	});
};

const contentsOf = (folder: string): ReadonlyMap<string, string> =>
	new Map(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]));

const main = async (checkOnly: boolean): Promise<number> => {
	const temporary = mkdtempSync(join(tmpdir(), 'gantry-generate-'));
	try {
		await generate(temporary);
		const fresh = new Map([...contentsOf(temporary)].map(([name, text]) => [name, withoutClients(text)]));
		mkdirSync(committed, {recursive: true});
		const old = contentsOf(committed);
		const different = [...new Set([...fresh.keys(), ...old.keys()])].filter(name => fresh.get(name) !== old.get(name));
		if (checkOnly) {
			for (const name of different) console.error(`source/protocol/generated/${name} is not what its .proto file gives: run npm run generate`);
			return different.length === 0 ? 0 : 1;
		}

		for (const name of different) {
			const text = fresh.get(name);
			if (text === undefined) rmSync(join(committed, name));
			else writeFileSync(join(committed, name), text);
		}

		return 0;
	} finally {
		rmSync(temporary, {recursive: true});
	}
};

process.exitCode = await main(process.argv.includes('--check'));
