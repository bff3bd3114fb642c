import {writeFile} from 'node:fs/promises';
import process from 'node:process';
import {buffer} from 'node:stream/consumers';
import {Failure, isAbort} from '../../errors.ts';
import {parseAgent, parseCache, parseOutput, parseSecret} from '../../model/build-flags.ts';
import {formatPlatform, parsePlatform} from '../../model/platform.ts';
import {formatReference, parseReference} from '../../model/reference.ts';
import {type BuildRequest, type BuildResult, troubleOf} from '../../services/builds/index.ts';
import {type BuildOutputView, buildOutputView, troubleLines} from './build-output.ts';
import {findBuildkit, hostFlag} from './buildkit-host.ts';
import {print} from './output.ts';
import {defineLine, type LineContext, type Surroundings} from './types.ts';
import type {ValuesOf} from './flag-types.ts';

const flags = {
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

type Values = ValuesOf<typeof flags>;

const progressKind = (said: string, {terminal}: Pick<Surroundings, 'terminal'>): 'plain' | 'tty' | 'json' => {
	if (said === 'auto') return terminal.isTTY ? 'tty' : 'plain';
	if (said === 'plain' || said === 'tty') return said;
	if (said === 'json' || said === 'rawjson') return 'json';
	throw new Failure('invalid', `--progress is ${JSON.stringify(said)}`, {hint: 'say auto, plain, tty or json'});
};

const requestOf = async (context: LineContext<Values>): Promise<BuildRequest> => {
	const {args, given, stdin, stdout, terminal, env, global} = context;
	const said = context.flags;
	const [folder = ''] = args;
	if (folder === '-') throw new Failure('unsupported', 'a context from standard input is not taken', {hint: 'unpack it into a folder, or say --file - for a Dockerfile alone'});
	if (said.file === '-' && terminal.isInputTTY) throw new Failure('invalid', 'there is nothing on stdin but a terminal', {hint: 'name the Dockerfile with --file'});
	const output = said.output === undefined || said.output === '' ? undefined : parseOutput(said.output);
	if (output?.kind === 'archive' && output.to === '-' && terminal.isTTY) throw new Failure('invalid', 'an archive would be written to the terminal', {hint: 'send it to a file, or say dest=FILE'});
	return {
		address: '',
		...{namespace: global.namespace, snapshotter: global.snapshotter, context: folder, workingFolder: process.cwd()},
		dockerfile: said.file === '-' ? await buffer(stdin) : said.file,
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

/** What the exporters say: some of it is JSON in base64, which is written as what it is. */
const metadataOf = ({response}: BuildResult): Readonly<Record<string, unknown>> =>
	Object.fromEntries(
		Object.entries(response).map(([key, value]) => {
			try {
				const decoded: unknown = JSON.parse(Buffer.from(value, 'base64').toString());
				return [key, typeof decoded === 'object' && decoded !== null ? decoded : value];
			} catch {
				return [key, value];
			}
		}),
	);

const tell = async (context: LineContext<Values>, result: BuildResult): Promise<void> => {
	const {iidfile, metadataFile, quiet} = context.flags;
	if (iidfile !== undefined) await writeFile(iidfile, result.digest ?? '');
	if (metadataFile !== undefined) await writeFile(metadataFile, `${JSON.stringify(metadataOf(result), undefined, 2)}\n`);
	if (quiet) await print(context, result.digest === undefined ? '' : `${result.digest}\n`);
	else await print(context, result.images.map(name => `Loaded image: ${name}\n`).join(''));
};

const explain = (context: LineContext<Values>, view: BuildOutputView, error: unknown): void => {
	const trouble = troubleOf(error);
	if (isAbort(error) || trouble === undefined) return;
	context.stderr.write(troubleLines(trouble, view.lastLines(trouble.vertex)).map(line => `${line}\n`).join(''));
};

export const build = defineLine({
	verbs: ['build', 'image build', 'builder build'],
	summary: 'Build an image from a Dockerfile, with BuildKit',
	usage: '[flags] PATH | URL',
	arity: {least: 1, most: 1},
	flags,
	refused: {
		squash: 'BuildKit does not squash; copy what you want from a stage',
		ipfs: 'IPFS is not spoken here',
		'source-policy-file': 'policies for sources are not sent',
	},
	async run(context) {
		const {services, stderr, terminal, clock, signal} = context;
		const kind = progressKind(context.flags.progress, context);
		const request = await requestOf(context);
		const address = await findBuildkit(context, context.flags.buildkitHost);
		const view = buildOutputView(kind, {to: stderr, terminal, clock});
		try {
			const result = await services.builds.build({...request, address}, {signal, ...(context.flags.quiet ? {} : {onStatus: view.onStatus})});
			if (!context.flags.quiet) view.end();
			await tell(context, result);
			return 0;
		} catch (error) {
			if (!context.flags.quiet) view.end();
			explain(context, view, error);
			throw error;
		}
	},
});
