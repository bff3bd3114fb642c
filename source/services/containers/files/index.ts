import {type ChangesDependencies, changes, exportFiles} from './changes.ts';
import {type CopyDependencies, copyIn, copyOut} from './copy.ts';
import type {FilesService} from './types.ts';

export const createFiles = (dependencies: CopyDependencies & ChangesDependencies): FilesService => ({
	copyOut: (ref, copy, options) => copyOut(dependencies, ref, copy, options),
	copyIn: (ref, copy, options) => copyIn(dependencies, ref, copy, options),
	changes: (ref, onChange, options) => changes(dependencies, ref, onChange, options),
	export: (ref, to, options) => exportFiles(dependencies, ref, to, options),
});
