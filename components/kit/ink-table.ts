import {createRequire, Module} from 'node:module';
import * as ink from 'ink';
import type {ComponentType} from 'react';

/*
ink-table 3.1.0 is CommonJS and requires ink, which is an ESM graph with top-level await: plain `require` of it fails in every Node. Where
the program runs unbundled (tests), the evaluated namespace is put where `require` looks first. The bundle takes ink-table itself, by the
`bundle` condition of `#ink-table` in package.json.
*/
const require = createRequire(import.meta.url);
const path = require.resolve('ink');
require.cache[path] ??= Object.assign(new Module(path), {exports: ink, loaded: true, filename: path});
const loaded = require('ink-table') as {readonly default: ComponentType<{readonly data: ReadonlyArray<Record<string, string>>}>};
delete require.cache[path];

export const {default: Table} = loaded;
