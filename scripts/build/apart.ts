import type {Plugin} from 'esbuild';

/**
Large packages that most verbs never touch. Within `line.cjs` they would make every start slower though nothing of them runs: the text is
read whole, and V8's cache holds an entry for each function and name of a file, used or not.
*/
export const packagesApart = ['@grpc/grpc-js', 'execa', 'undici', 'yaml'] as const;

/** The name of its file, without the end. */
export const fileOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** Each is a file beside `line.cjs`, which `verbs.cjs` loads as it loads that one, when it is first asked for. */
export const apart: Plugin = {
	name: 'apart',
	setup(build) {
		build.onResolve({filter: new RegExp(`^(${packagesApart.join('|')})$`)}, ({path, kind}) => (kind === 'entry-point' ? undefined : {path, namespace: 'apart'}));
		build.onLoad({filter: /.*/, namespace: 'apart'}, ({path}) => ({contents: `module.exports = require('./${fileOf(path)}.cjs');`, loader: 'js'}));
		build.onResolve({filter: /.*/, namespace: 'apart'}, ({path}) => ({path, external: true}));
	},
};
