import {readFile} from 'node:fs/promises';
import type {Plugin} from 'esbuild';

const program = /(["'])data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)\1/;

/**
Load Yoga's WebAssembly synchronously.

As published it decodes its program through `fetch('data:…')` behind a top-level await, which pulls in undici and costs more than a
hundred milliseconds before the first frame. Emscripten's own `instantiateWasm` hook takes an instance that is ready. Fails the build
when a new version of yoga-layout looks different, rather than shipping the slow way silently.
*/
export const synchronousYoga: Plugin = {
	name: 'synchronous-yoga',
	setup(build) {
		build.onLoad({filter: /yoga-layout\/dist\/binaries\/yoga-wasm-base64-esm\.js$/}, async ({path}) => {
			const source = await readFile(path, 'utf8');
			const base64 = program.exec(source)?.[2];
			if (base64 === undefined) throw new Error(`${path} no longer carries its program as base64`);
			const loader = source.replace(program, '"data:application/octet-stream;base64,"');
			return {contents: `${loader}\nexport const program = "${base64}";\n`, loader: 'js'};
		});
		build.onLoad({filter: /yoga-layout\/dist\/src\/index\.js$/}, () => ({
			contents: `
				import load, {program} from '../binaries/yoga-wasm-base64-esm.js';
				import wrapAssembly from './wrapAssembly.js';
				const assembly = {
					instantiateWasm(imports, receive) {
						const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(program, 'base64')), imports);
						receive(instance);
						return instance.exports;
					},
				};
				load(assembly);
				export default wrapAssembly(assembly);
				export * from './generated/YGEnums.js';
			`,
			loader: 'js',
		}));
	},
};
