import type {Plugin} from 'esbuild';

/** Ink imports its development tools only when DEV is set, which a built program never is; the package itself is not even installed. */
export const withoutDevelopmentTools: Plugin = {
	name: 'without-development-tools',
	setup(build) {
		build.onResolve({filter: /^react-devtools-core$/}, ({path}) => ({path, namespace: 'empty'}));
		build.onLoad({filter: /.*/, namespace: 'empty'}, () => ({contents: 'export default {};', loader: 'js'}));
	},
};

/**
Take Node's modules in the one way that works in a CommonJS script and in an ES module alike. The shim has no file extension, so
which of the two it is depends on the package.json nearest to wherever it was put.
*/
export const builtinsWithoutImports: Plugin = {
	name: 'builtins-without-imports',
	setup(build) {
		build.onResolve({filter: /^node:/}, ({path}) => ({path, namespace: 'builtin'}));
		build.onLoad({filter: /.*/, namespace: 'builtin'}, ({path}) => ({
			contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
			loader: 'js',
		}));
	},
};
