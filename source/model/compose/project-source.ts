import type {Project} from '../grouping.ts';

/** Where a project is written down. */
export type ProjectSource = {
	/** What relative paths are relative to; absolute. */
	readonly directory: string;
	/** Absolute, in the order of merging. */
	readonly files: readonly string[];
	/** Undefined: the files, or the directory, name it. */
	readonly name: string | undefined;
	/** Services whose profiles count as active. */
	readonly services: readonly string[];
};

/** A project that was found by its files. What is in them is read when it is asked for. */
export type ProjectFile = Pick<ProjectSource, 'directory' | 'files'> & {
	/** As the files name it; of files that can not be read the directory's name. */
	readonly name: string;
	/** Somebody asked for it before: it can be forgotten. */
	readonly isRemembered: boolean;
};

/** The files that containers say they come from. Undefined: nerdctl writes none down, and what came through a pipe is nowhere. */
export const sourceOf = ({name, configFiles = '', workingDir, services}: Project): ProjectSource | undefined => {
	const files = configFiles.split(',').filter((file) => file !== '');
	const [first] = files;
	if (first === undefined || files.some((file) => !file.startsWith('/'))) return undefined;
	const directory = workingDir?.startsWith('/') === true ? workingDir : first.slice(0, Math.max(1, first.lastIndexOf('/')));
	return {directory, files, name, services: services.map((service) => service.name)};
};
