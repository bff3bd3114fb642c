import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {installShim} from '../../source/clients/host/install-shim.ts';
import {buildShim} from '../build.ts';
import type {LabContainerd} from './containerd.ts';

const built = fileURLToPath(new URL('../../dist/gantry-shim', import.meta.url));

const bundleFor = async (lab: LabContainerd): Promise<string> => {
	const folder = join(lab.dir, 'build');
	const bundle = join(folder, 'gantry-shim');
	if (!existsSync(bundle)) await buildShim(folder);
	return bundle;
};

const installed = new Map<string, Promise<string>>();

/** The log driver inside a lab's own data root: from `dist` in the demo, bundled from the source at hand in tests. */
export const labShim = async (lab: LabContainerd, from: 'dist' | 'source' = 'source'): Promise<string> => {
	const known = installed.get(lab.dir) ?? (async () => installShim(from === 'dist' ? built : await bundleFor(lab), lab.dataRoot))();
	installed.set(lab.dir, known);
	return known;
};
