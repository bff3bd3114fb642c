import {access, mkdir, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {couldNot, failing, Failure} from '../../errors.ts';
import type {FileObject, Project} from '../../model/compose/project.ts';
import type {FilePaths} from '../../model/compose/request/index.ts';

export const projectFolder = (dataStore: string, namespace: string, project: string): string => join(dataStore, 'compose', namespace, project);

/** A container that has the file mounted keeps the one it has: a new one takes its place whole. */
const writeWhole = async (path: string, text: string): Promise<void> => {
	const temporary = `${path}.${process.pid}.new`;
	try {
		// Whoever the container runs as must be able to read it; nobody else comes past the folder.
		await writeFile(temporary, text, {mode: 0o444, flush: true});
		await rename(temporary, path);
	} catch (error) {
		await rm(temporary, {force: true});
		throw failing(`write ${path}`, error);
	}
};

const textOf = ({environment}: Project, what: string, {environment: variable, content}: FileObject): string | undefined => {
	if (variable === undefined) return content;
	const value = environment.get(variable);
	if (value === undefined) throw new Failure('invalid', `${what} is the value of ${variable}, which is not set`, {hint: `set ${variable}`});
	return value;
};

/** Secrets and configs as files: their own, or one made of what the project says. */
export const materialise = async (project: Project, folder: string): Promise<FilePaths> => {
	const used = Object.values(project.services);
	const pathsOf = async (kind: 'secrets' | 'configs'): Promise<Readonly<Record<string, string>>> => {
		const names = new Set(used.flatMap(service => (service[kind] ?? []).map(({source}) => source)));
		const paths = await Promise.all(
			[...names].map(async name => {
				const said = project[kind][name];
				if (said === undefined || said.external === true) return [];
				if (said.file !== undefined) {
					await access(said.file).catch((error: unknown) => {
						throw couldNot('not-found', `use ${kind}.${name}`, `${said.file} is not there`, {cause: error});
					});
					return [[name, said.file] as const];
				}
				const text = textOf(project, `${kind}.${name}`, said);
				if (text === undefined) return [];
				const path = join(folder, `${kind}-${name}`);
				await mkdir(folder, {recursive: true, mode: 0o700});
				await writeWhole(path, text);
				return [[name, path] as const];
			}),
		);
		return Object.fromEntries(paths.flat());
	};
	const [secrets, configs] = await Promise.all([pathsOf('secrets'), pathsOf('configs')]);
	return {secrets, configs};
};
