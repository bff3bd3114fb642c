import {Failure} from '../errors.ts';
import {isRemoteContext} from './build-flags.ts';
import {readKeyValues} from './comma-list.ts';

/** The flags that the Dockerfile's frontend gets as attributes. */
export type BuildFlags = {
	readonly target: string | undefined;
	readonly platforms: readonly string[];
	/** `NAME=VALUE`, or a name whose value is in the environment. */
	readonly buildArgs: readonly string[];
	readonly labels: readonly string[];
	readonly noCache: boolean;
	readonly pull: boolean | undefined;
	/** `host:address`. */
	readonly addHosts: readonly string[];
	readonly network: string;
	/** `name=where`. */
	readonly buildContexts: readonly string[];
	readonly allow: readonly string[];
	/** `type=sbom,…`. */
	readonly attest: readonly string[];
	readonly provenance: string | undefined;
	readonly sbom: string | undefined;
};

type Attributes = Readonly<Record<string, string>>;
type Environment = Readonly<Record<string, string | undefined>>;

const split = (text: string, at: string): readonly [before: string, after: string | undefined] => {
	const index = text.indexOf(at);
	return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + at.length)];
};

/** One that has no value anywhere is left out, so that the Dockerfile's own default stands. */
const argsOf = (args: readonly string[], env: Environment): Attributes => {
	const pairs = args.map((arg): readonly [string, string | undefined] => {
		const [name, value] = split(arg, '=');
		if (name === '') throw new Failure('invalid', `--build-arg ${JSON.stringify(arg)} has no name`);
		return [name, value ?? env[name]];
	});
	const epoch = env['SOURCE_DATE_EPOCH'];
	const all = epoch === undefined || epoch === '' || pairs.some(([name]) => name === 'SOURCE_DATE_EPOCH') ? pairs : [...pairs, ['SOURCE_DATE_EPOCH', epoch] as const];
	return Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[`build-arg:${name}`, value]])));
};

/** An address may have colons of its own. */
const hostsOf = (hosts: readonly string[]): Attributes => {
	const pairs = hosts.map(said => {
		const [host, address] = said.includes('=') ? split(said, '=') : split(said, ':');
		if (host === '' || address === undefined || address === '') throw new Failure('invalid', `--add-host ${JSON.stringify(said)} is not understood`, {hint: 'say HOST:ADDRESS'});
		return `${host}=${address.replace(/^\[|\]$/g, '')}`;
	});
	return pairs.length === 0 ? {} : {'add-hosts': pairs.join(',')};
};

const isNo = (text: string | undefined): boolean => /^(?:false|0|f)$/i.test(text ?? '');
const isYes = (text: string | undefined): boolean => /^(?:true|1|t)$/i.test(text ?? '');

const shorthand = (type: string, said: string | undefined): Attributes =>
	said === undefined || isNo(said) ? {} : {[`attest:${type}`]: isYes(said) ? '' : said};

const attestationsOf = ({attest, provenance, sbom}: BuildFlags): Attributes => {
	const said = attest.map(text => {
		const type = readKeyValues(text).get('type');
		if (type === undefined || type === '') throw new Failure('invalid', `--attest ${JSON.stringify(text)} has no type`, {hint: 'say type=sbom or type=provenance'});
		const rest = text.split(',').filter(field => !/^type=/i.test(field.trim()));
		return isYes(readKeyValues(text).get('disabled')) ? {} : {[`attest:${type}`]: rest.join(',')};
	});
	return Object.assign({}, ...said, shorthand('provenance', provenance), shorthand('sbom', sbom)) as Attributes;
};

export type NamedContexts = {
	/** Attributes for those that the daemon fetches, and for the folders. */
	readonly attrs: Attributes;
	/** Folders here, not made absolute. */
	readonly folders: ReadonlyMap<string, string>;
	/** Folders in the OCI image layout; which digest is meant is known when index.json has been read. */
	readonly layouts: ReadonlyMap<string, LayoutSource>;
};

/** `tag` leads to a digest where none is said. */
export type LayoutSource = {readonly path: string; readonly tag: string; readonly digest: string | undefined};

/** `PATH`, `PATH:TAG`, `PATH@DIGEST` or all of them: a colon after the last slash begins the tag. */
const layoutSource = (text: string, where: string): LayoutSource => {
	const [place, digest] = split(where, '@');
	const colon = place.indexOf(':', place.lastIndexOf('/') + 1);
	const path = colon < 0 ? place : place.slice(0, colon);
	const tag = colon < 0 ? 'latest' : place.slice(colon + 1);
	if (path === '' || tag === '' || digest === '') throw new Failure('invalid', `--build-context ${JSON.stringify(text)} is not understood`, {hint: 'say NAME=oci-layout://FOLDER:TAG or NAME=oci-layout://FOLDER@DIGEST'});
	return {path, tag, digest};
};

export const namedContexts = (said: readonly string[]): NamedContexts => {
	const attrs: Record<string, string> = {};
	const folders = new Map<string, string>();
	const layouts = new Map<string, LayoutSource>();
	for (const text of said) {
		const [name, where] = split(text, '=');
		if (name === '' || where === undefined || where === '') throw new Failure('invalid', `--build-context ${JSON.stringify(text)} is not understood`, {hint: 'say NAME=FOLDER, or NAME=docker-image://IMAGE'});
		if (name === 'context' || name === 'dockerfile') throw new Failure('invalid', `--build-context can not be called ${name}`);
		if (where.startsWith('oci-layout://')) layouts.set(name, layoutSource(text, where.slice('oci-layout://'.length)));
		else if (isRemoteContext(where) || /^(?:docker-image:\/\/|target:)/.test(where)) attrs[`context:${name}`] = where;
		else {
			folders.set(name, where);
			attrs[`context:${name}`] = `local:${name}`;
		}
	}

	return {attrs, folders, layouts};
};

const networks = ['default', 'none', 'host'];

/** nerdctl's way of saying each flag to the frontend. */
export const frontendAttributes = (flags: BuildFlags, env: Environment): Attributes => {
	if (!networks.includes(flags.network)) throw new Failure('invalid', `--network is ${JSON.stringify(flags.network)}`, {hint: 'a build has default, none or host'});
	const labels = flags.labels.map((label): [string, string] => {
		const [name, value = ''] = split(label, '=');
		return [`label:${name}`, value];
	});
	return {
		...(flags.target === undefined || flags.target === '' ? {} : {target: flags.target}),
		...(flags.platforms.length === 0 ? {} : {platform: flags.platforms.join(',')}),
		...argsOf(flags.buildArgs, env),
		...Object.fromEntries(labels),
		...(flags.noCache ? {'no-cache': ''} : {}),
		...(flags.pull === undefined ? {} : {'image-resolve-mode': flags.pull ? 'pull' : 'local'}),
		...hostsOf(flags.addHosts),
		...(flags.network === 'default' ? {} : {'force-network-mode': flags.network}),
		...attestationsOf(flags),
		...namedContexts(flags.buildContexts).attrs,
	};
};

/** What the daemon is asked to allow; the host's network is asked for by its own flag. */
export const entitlementsOf = ({allow, network}: Pick<BuildFlags, 'allow' | 'network'>): readonly string[] => [...new Set([...allow, ...(network === 'host' ? ['network.host'] : [])])];

/** An argument that Docker's people know, for what has a flag of its own here. */
export const wantsInlineCache = ({buildArgs}: Pick<BuildFlags, 'buildArgs'>): boolean => buildArgs.some(arg => /^BUILDKIT_INLINE_CACHE=(?:1|t|true)$/i.test(arg));
