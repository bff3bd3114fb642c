import {basename} from 'node:path';
import {Failure} from '../../errors.ts';
import {checkConsistency} from '../../model/compose/consistency.ts';
import {interpolateValue} from '../../model/compose/interpolate-value.ts';
import {settle} from '../../model/compose/merge.ts';
import {checkedProjectName, normalizeProjectName} from '../../model/compose/name.ts';
import {normalize} from '../../model/compose/normalize.ts';
import type {Project, Service} from '../../model/compose/project.ts';
import {byProfile} from '../../model/compose/select.ts';
import {child, type Mapping, type Plain, textOf, toPlain, type Value} from '../../model/compose/value.ts';
import {directoryOf, discover} from './discover.ts';
import {type Environment, ownEnvironment, projectEnvironment, readEnvFiles} from './environment.ts';
import {loadModel} from './load-model.ts';
import {parseYaml} from './parse-yaml.ts';
import type {Loading} from './read-documents.ts';
import {readFile} from './read-file.ts';
import type {Loaded, LoadOptions} from './types.ts';

/** The last `name:` of the files; it may hold variables, but not the project's name. */
const saidName = async (loading: Loading, files: readonly string[], environment: Environment): Promise<Value | undefined> => {
	const documents = (await Promise.all(files.map(loading.parse))).flat();
	const said = documents.flatMap(document => child(document, 'name') ?? []).at(-1);
	return said === undefined || !loading.isInterpolated ? said : interpolateValue(said, 'name', {lookup: name => environment.get(name)});
};

const nameOf = (said: Value | undefined, {projectName}: LoadOptions, environment: Environment, directory: string): string => {
	if (projectName !== undefined) return checkedProjectName(projectName);
	const fromEnvironment = environment.get('COMPOSE_PROJECT_NAME') ?? '';
	if (fromEnvironment !== '') return checkedProjectName(fromEnvironment);
	const name = normalizeProjectName(textOf(said) ?? basename(directory));
	if (name === '')
		throw new Failure('invalid', `${JSON.stringify(textOf(said) ?? directory)} leaves nothing to call the project by`, {hint: 'name it with -p or COMPOSE_PROJECT_NAME'});
	return name;
};

/** What `env_file` and `label_file` say, under what the service says itself. */
const withFiles = async (service: Service, environment: Environment, signal: AbortSignal | undefined): Promise<Service> => {
	const {env_file: envFiles, label_file: labelFiles, ...rest} = service;
	const lookup = (name: string) => environment.get(name);
	const env = envFiles === undefined ? undefined : Object.fromEntries(await readEnvFiles(envFiles, lookup, signal));
	const labels = labelFiles === undefined ? undefined : Object.fromEntries(await readEnvFiles(labelFiles.map(path => ({path})), lookup, signal));
	return {
		...rest,
		...(env === undefined ? {} : {environment: {...env, ...rest.environment}}),
		...(labels === undefined ? {} : {labels: {...labels, ...rest.labels}}),
	};
};

const profilesOf = (options: LoadOptions, environment: Environment): readonly string[] =>
	options.profiles.length > 0 ? options.profiles : (environment.get('COMPOSE_PROFILES') ?? '').split(',').map(one => one.trim()).filter(one => one !== '');

const loadingOf = ({home, interpolate, readStdin, signal}: LoadOptions, warn: (warning: string) => void): Loading => {
	const parsed = new Map<string, Promise<readonly Mapping[]>>();
	return {
		home,
		isInterpolated: interpolate,
		warn,
		signal,
		parse: file => {
			const documents = parsed.get(file) ?? (file === '-' ? readStdin() : readFile(file, signal)).then(text => parseYaml(text, file));
			parsed.set(file, documents);
			return documents;
		},
	};
};

/** Reads a project whole: files, includes, variables, profiles; checked, and in the long form. Reads only. */
export const load = async (options: LoadOptions): Promise<Loaded> => {
	const warnings = new Set<string>();
	const own = ownEnvironment(options.env);
	// `.env` of where the person stands may name the files; that of the project's directory holds for everything else.
	const near = await projectEnvironment(own, {...options, directory: options.projectDirectory ?? options.cwd}, options.signal);
	const files = await discover(options, name => near.get(name));
	const directory = directoryOf(options, files);
	const outer = await projectEnvironment(own, {...options, directory}, options.signal);
	const loading = loadingOf(options, warning => warnings.add(warning));
	const name = nameOf(await saidName(loading, files, outer), options, outer, directory);
	const environment = new Map([...outer, ['COMPOSE_PROJECT_NAME', name]]);
	const model = settle(await loadModel(loading, {files, directory, environment, including: []})) as Mapping;
	const {services: all, ...resources} = normalize(toPlain(model) as Readonly<Record<string, Plain>>, name, variable => environment.get(variable));
	const parts = byProfile(all, {profiles: profilesOf(options, environment), named: options.services});
	// What a variable stands in for can not be held against anything.
	if (options.interpolate) checkConsistency({...parts, ...resources}, model);
	const services = await Promise.all(
		Object.entries(parts.services).map(async ([key, service]) => [key, await withFiles(service, environment, options.signal)] as const),
	);
	const project: Project = {...resources, ...parts, name, services: Object.fromEntries(services), workingDirectory: directory, files, environment};
	const profiles = [...new Set(Object.values(all).flatMap(service => service.profiles ?? []))].sort();
	return {project, warnings: [...warnings], profiles};
};
