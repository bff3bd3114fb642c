import type {Containerd} from '../../source/clients/containerd/types.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import {type ContainerdVersion, type LabContainerd, startContainerd} from '../lab/containerd.ts';
import {importImage} from '../lab/import.ts';
import {labShim} from '../lab/shim.ts';
import {startDemoContainers} from './containers.ts';
import {demoImages} from './images.ts';

export type Demo = {readonly lab: LabContainerd; readonly containerd: Containerd; stop(): Promise<void>};

export type DemoOptions = {
	readonly version?: ContainerdVersion;
	/** So many more that only sleep, for looking at long lists. */
	readonly idleCount?: number;
	/** Told as soon as there is something that a signal would have to take down. */
	readonly onLab?: (stop: () => Promise<void>) => void;
};

/** A private containerd with about ten containers of every kind in it. */
export const startDemo = async (options: DemoOptions = {}): Promise<Demo> => {
	const lab = await startContainerd(options.version === undefined ? {} : {version: options.version});
	const containerd = createContainerd({address: lab.address});
	let stopping: Promise<void> | undefined;
	const stop = async (): Promise<void> => {
		containerd.close();
		stopping ??= lab.stop();
		await stopping;
	};

	options.onLab?.(stop);
	try {
		const images = demoImages();
		const shim = labShim(lab);
		const {controller, ...others} = images;
		for (const image of Object.values(others)) await importImage(containerd, 'default', image);
		await importImage(containerd, 'k8s.io', controller);
		await shim;
		await startDemoContainers({lab, containerd}, images, options.idleCount ?? 0);
		return {lab, containerd, stop};
	} catch (error) {
		await stop();
		throw error;
	}
};
