import {buffer} from 'node:stream/consumers';
import {Failure} from '../../errors.ts';
import {parseAgent, parseCache, parseOutput, parseSecret} from '../../model/build-flags.ts';
import type {BuildOrder} from '../../model/build-run.ts';
import {formatPlatform, parsePlatform} from '../../model/platform.ts';
import {formatReference, parseReference} from '../../model/reference.ts';
import {readStdinContext} from '../../services/builds/stdin-context.ts';
import type {BuildRequest} from '../../services/builds/types.ts';
import {hostFlag} from './buildkit-host.ts';
import type {ValuesOf} from './flag-types.ts';
import type {GlobalSettings, Surroundings} from './types.ts';

/** What `build` takes, on the command line and in the dashboard. */
export const buildFlags = {
	...hostFlag,
	tag: {type: 'string', shortFlag: 't', isMultiple: true, placeholder: 'NAME', help: 'Name of the image, as NAME[:TAG]'},
	file: {type: 'string', shortFlag: 'f', placeholder: 'FILE', help: 'The Dockerfile; - is standard input'},
	target: {type: 'string', placeholder: 'STAGE', help: 'The stage to build'},
	buildArg: {type: 'string', isMultiple: true, placeholder: 'NAME=VALUE', help: 'An argument of the Dockerfile; a name alone takes its value from the environment'},
	label: {type: 'string', isMultiple: true, placeholder: 'NAME=VALUE', help: 'A label of the image'},
	noCache: {type: 'boolean', help: 'Do every step again'},
	pull: {type: 'boolean', help: 'Look for newer base images; false: only take what is there'},
	platform: {type: 'string', isMultiple: true, splitsAtComma: true, placeholder: 'PLATFORM', help: 'What to build for, such as linux/arm64'},
	output: {type: 'string', shortFlag: 'o', placeholder: 'WHERE', help: 'What becomes of the result: type=local|tar|docker|oci|image|registry, dest=…; a folder; - for a tar on standard output'},
	secret: {type: 'string', isMultiple: true, placeholder: 'SECRET', help: 'A secret for steps: id=NAME,src=FILE or id=NAME,env=VARIABLE'},
	ssh: {type: 'string', isMultiple: true, placeholder: 'AGENT', help: 'An ssh agent for steps: default, or NAME=SOCKET'},
	cacheFrom: {type: 'string', isMultiple: true, placeholder: 'CACHE', help: 'Where steps that were done before may be found'},
	cacheTo: {type: 'string', isMultiple: true, placeholder: 'CACHE', help: 'Where to put the steps for others'},
	progress: {type: 'string', default: 'auto', placeholder: 'KIND', help: 'How to show the steps: auto, plain, tty or json'},
	iidfile: {type: 'string', placeholder: 'FILE', help: "Write the image's digest to a file"},
	metadataFile: {type: 'string', placeholder: 'FILE', help: 'Write what the build says of its result to a file, as JSON'},
	provenance: {type: 'string', placeholder: 'HOW', help: 'Attach how the image was made: true, false, mode=min or mode=max'},
	sbom: {type: 'string', placeholder: 'HOW', help: 'Attach what is in the image: true, false or generator=IMAGE'},
	attest: {type: 'string', isMultiple: true, placeholder: 'ATTESTATION', help: 'The same in long: type=sbom,generator=IMAGE'},
	network: {type: 'string', default: 'default', placeholder: 'MODE', help: 'The network of steps: default, none or host'},
	addHost: {type: 'string', isMultiple: true, placeholder: 'HOST:ADDRESS', help: 'A name for steps to find'},
	buildContext: {type: 'string', isMultiple: true, placeholder: 'NAME=WHERE', help: 'A further context: a folder, docker-image://IMAGE, or a URL'},
	allow: {type: 'string', isMultiple: true, placeholder: 'RIGHT', help: 'Allow steps more: network.host or security.insecure'},
	rm: {type: 'boolean', default: true, help: 'Kept for old scripts: nothing is left of steps anyway'},
	quiet: {type: 'boolean', shortFlag: 'q', help: "Print the image's digest only"},
} as const;

export const refusedBuildFlags = {
	squash: 'BuildKit does not squash; copy what you want from a stage',
	ipfs: 'IPFS is not spoken here',
	'source-policy-file': 'policies for sources are not sent',
} as const;

export type BuildFlagValues = ValuesOf<typeof buildFlags>;

type Asked = {readonly flags: BuildFlagValues; readonly args: readonly string[]; readonly given: ReadonlySet<string>};

type Around = Pick<Surroundings, 'stdin' | 'stdout' | 'env'> & {
	readonly terminal: Pick<Surroundings['terminal'], 'isTTY' | 'isInputTTY'>;
	readonly global: Pick<GlobalSettings, 'namespace' | 'snapshotter'>;
};

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The command line again, from what was read of it: flags in their long form, in the order of the help, then the context. */
export const buildOrderOf = ({flags, args, given}: Asked, workingFolder: string): BuildOrder => ({
	args: [
		...Object.entries(flags).flatMap(([name, value]) => {
			if (!given.has(name)) return [];
			const flag = `--${kebab(name)}`;
			if (typeof value === 'boolean') return [value ? flag : `${flag}=false`];
			return (Array.isArray(value) ? value : [value]).flatMap((each) => [flag, String(each)]);
		}),
		...args,
	],
	workingFolder,
});

/** What the flags ask for, without the address; relative paths are relative to `workingFolder`. `invalid` for what can't be meant. */
export const buildRequestOf = async (context: Asked & Around, workingFolder: string): Promise<BuildRequest> => {
	const {args, given, stdin, stdout, terminal, env, global} = context;
	const said = context.flags;
	const [folder = ''] = args;
	if (folder === '-' && said.file === '-') throw new Failure('invalid', 'the context and the Dockerfile can not both come from standard input');
	if ((folder === '-' || said.file === '-') && terminal.isInputTTY) throw new Failure('invalid', 'there is nothing on stdin but a terminal', {hint: folder === '-' ? 'name a folder, or send an archive or a Dockerfile' : 'name the Dockerfile with --file'});
	const output = said.output === undefined || said.output === '' ? undefined : parseOutput(said.output);
	if (output?.kind === 'archive' && output.to === '-' && terminal.isTTY) throw new Failure('invalid', 'an archive would be written to the terminal', {hint: 'send it to a file, or say dest=FILE'});
	const fromStdin = folder === '-' ? await readStdinContext(stdin) : undefined;
	if (fromStdin !== undefined && 'dockerfile' in fromStdin && said.file !== undefined) throw new Failure('invalid', `--file ${said.file} is to be in the context, and standard input is no archive`, {hint: 'send a tar, or leave --file away'});
	return {
		address: '',
		...{namespace: global.namespace, snapshotter: global.snapshotter, context: folder, workingFolder},
		...(fromStdin !== undefined && 'archive' in fromStdin ? {archive: fromStdin.archive} : {}),
		dockerfile: fromStdin !== undefined && 'dockerfile' in fromStdin ? fromStdin.dockerfile : said.file === '-' ? await buffer(stdin) : said.file,
		tags: [...new Set(said.tag)].map(tag => formatReference(parseReference(tag))),
		flags: {
			...{target: said.target, buildArgs: said.buildArg, labels: said.label, noCache: said.noCache, addHosts: said.addHost},
			platforms: [...new Set(said.platform)].map(platform => formatPlatform(parsePlatform(platform))),
			pull: given.has('pull') ? said.pull : undefined,
			...{network: said.network, buildContexts: said.buildContext, allow: said.allow, attest: said.attest},
			...{provenance: said.provenance, sbom: said.sbom},
		},
		output,
		secrets: said.secret.map(text => parseSecret(text, env)),
		agents: said.ssh.map(parseAgent),
		cacheFrom: said.cacheFrom.map(text => parseCache(text, '--cache-from')),
		cacheTo: said.cacheTo.map(text => parseCache(text, '--cache-to')),
		...{env, stdout},
	};
};
