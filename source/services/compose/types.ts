import type {ProjectSource} from '../../model/compose/project-source.ts';
import type {Project} from '../../model/compose/project.ts';
import type {ComposeService} from './index.ts';

export type LoadOptions = {
	/** Where the person stands. */
	readonly cwd: string;
	/** For `~` in paths. */
	readonly home: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** `-f`, in order; `-` reads stdin. None: `COMPOSE_FILE`, else the standard names here and above. */
	readonly files: readonly string[];
	readonly projectName?: string;
	readonly projectDirectory?: string;
	readonly profiles: readonly string[];
	/** `--env-file`; none: `.env` of the project's directory, if there is one. */
	readonly envFiles: readonly string[];
	/** Services named on the command line: their profiles are active. */
	readonly services: readonly string[];
	/** False: variables stay as they are written. */
	readonly interpolate: boolean;
	readonly readStdin: () => Promise<string>;
	readonly signal?: AbortSignal;
};

export type Loaded = {
	readonly project: Project;
	/** What the person should know, though it stops nothing: variables without a value, keys of old. */
	readonly warnings: readonly string[];
	/** Every profile that the files name. */
	readonly profiles: readonly string[];
};

type Signal = {readonly signal?: AbortSignal};

/** What the dashboard reaches projects through. Nothing of it is loaded before it is asked for. */
export type ComposeAccess = {
	read(source: ProjectSource, call?: Signal): Promise<Loaded>;
	/** The project that the person stands in; undefined: none. */
	around(): Promise<Pick<ProjectSource, 'directory' | 'files'> | undefined>;
	/** Of a directory or a file that was typed. */
	sourceAt(typed: string): Promise<Pick<ProjectSource, 'directory' | 'files'>>;
	/** How a path that is being typed could go on. */
	complete(typed: string): Promise<readonly string[]>;
	/** What can be done to the projects of a namespace. */
	at(namespace: string): Promise<ComposeService>;
};
