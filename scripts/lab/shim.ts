import {join} from 'node:path';
import {installShim} from '../../source/clients/host/install-shim.ts';
import {buildShim} from '../build.ts';
import type {LabContainerd} from './containerd.ts';

const bundleFor = async (lab: LabContainerd): Promise<string> => {
	const folder = join(lab.dir, 'build');
	await buildShim(folder);
	return join(folder, 'gantry-shim');
};

const installed = new Map<string, Promise<string>>();

/** The log driver inside a lab's own data root, bundled from the source at hand: fifty milliseconds, and never a stale one. */
export const labShim = async (lab: LabContainerd): Promise<string> => {
	const known = installed.get(lab.dir) ?? (async () => installShim(await bundleFor(lab), lab.dataRoot))();
	installed.set(lab.dir, known);
	return known;
};
