import {posix} from 'node:path';
import {Failure} from '../../errors.ts';
import {parseAgent, parseCache, type SecretSource} from '../../model/build-flags.ts';
import {imageOf} from '../../model/compose/hash.ts';
import type {Build, Project} from '../../model/compose/project.ts';
import {formatPlatform, parsePlatform} from '../../model/platform.ts';
import {formatReference, parseReference} from '../../model/reference.ts';
import type {BuildRequest} from '../builds/types.ts';
import type {Place} from './dependencies.ts';

/** Keys that BuildKit's frontend has no attribute for here; without them the image would be another one. */
const refused: Readonly<Record<string, string>> = {
	no_cache_filter: 'say no_cache, or build the stage by itself',
	shm_size: "steps have the builder's own",
	ulimits: "steps have the builder's own",
};

const texts = (value: unknown): readonly string[] => (value ?? []) as readonly string[];

const pairs = (value: unknown): ReadonlyArray<readonly [string, string | null]> => Object.entries((value ?? {}) as Readonly<Record<string, string | null>>);

const secretsOf = (project: Project, build: Build, path: string): readonly SecretSource[] =>
	(build.secrets ?? []).map(({source, target}) => {
		const {file, environment} = project.secrets[source] ?? {};
		const id = target === undefined ? source : posix.basename(target);
		if (file !== undefined) return {id, file};
		if (environment !== undefined) return {id, variable: environment};
		throw new Failure('unsupported', `${path}.secrets uses ${source}, which is external`, {hint: `give secrets.${source} a file or environment`});
	});

const contextsOf = (build: Build, path: string): readonly string[] =>
	Object.entries(build.additional_contexts ?? {}).map(([name, where]) => {
		if (where.startsWith('service:')) throw new Failure('unsupported', `${path}.additional_contexts.${name} is ${where}`, {hint: 'name the folder, or docker-image:// and the image of that service'});
		return `${name}=${where}`;
	});

const dockerfileOf = ({context = '.', dockerfile, dockerfile_inline: inline}: Build): BuildRequest['dockerfile'] => {
	if (inline !== undefined) return Buffer.from(inline);
	return dockerfile === undefined || !context.startsWith('/') ? dockerfile : posix.resolve(context, dockerfile);
};

/** What is to be built for a service, but for the builder's address. */
export const buildRequestOf = (project: Project, name: string, {namespace, snapshotter}: Place): Omit<BuildRequest, 'address' | 'stdout'> => {
	const service = project.services[name] ?? {};
	const build = service.build ?? {};
	const path = `services.${name}.build`;
	const strange = Object.keys(refused).find(key => build[key] !== undefined);
	if (strange !== undefined) throw new Failure('unsupported', `${path}.${strange} is not supported`, {hint: refused[strange]!});
	if (build['isolation'] !== undefined && build['isolation'] !== 'default') throw new Failure('unsupported', `${path}.isolation is not supported`, {hint: 'on Linux there is only default'});
	const platforms = build.platforms ?? (service.platform === undefined ? [] : [service.platform]);
	return {
		namespace,
		snapshotter,
		context: build.context ?? '.',
		dockerfile: dockerfileOf(build),
		workingFolder: project.workingDirectory,
		tags: [...new Set([imageOf(project, name, service), ...texts(build['tags'])])].map(tag => formatReference(parseReference(tag))),
		flags: {
			target: build['target'] as string | undefined,
			platforms: platforms.map(platform => formatPlatform(parsePlatform(platform))),
			buildArgs: pairs(build.args).map(([key, value]) => (value === null ? key : `${key}=${value}`)),
			labels: pairs(build['labels']).map(([key, value]) => `${key}=${value ?? ''}`),
			noCache: build['no_cache'] === true,
			pull: build['pull'] as boolean | undefined,
			addHosts: Object.entries((build['extra_hosts'] ?? {}) as Readonly<Record<string, readonly string[]>>).flatMap(([host, all]) => all.map(address => `${host}:${address}`)),
			network: (build['network'] as string | undefined) ?? 'default',
			buildContexts: contextsOf(build, path),
			allow: [...texts(build['entitlements']), ...(build['privileged'] === true ? ['security.insecure'] : [])],
			attest: [],
			provenance: build['provenance'] as string | undefined,
			sbom: build['sbom'] as string | undefined,
		},
		output: undefined,
		secrets: secretsOf(project, build, path),
		agents: pairs(build['ssh']).map(([id, socket]) => parseAgent(socket === null ? id : `${id}=${socket}`)),
		cacheFrom: texts(build['cache_from']).map(text => parseCache(text, '--cache-from')),
		cacheTo: texts(build['cache_to']).map(text => parseCache(text, '--cache-to')),
		env: Object.fromEntries(project.environment),
	};
};
