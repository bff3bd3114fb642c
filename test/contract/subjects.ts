import type {ContainerdVersion} from '../../scripts/lab/containerd.ts';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {runContainer} from '../../scripts/lab/container.ts';
import {startContainerd} from '../../scripts/lab/containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {startFakeContainerd} from '../fakes/containerd.ts';
import type {Subject} from './subject.ts';

const silent = {stdin: '', stdout: '', stderr: '', terminal: false} as const;

export const startFake = async (): Promise<Subject> => {
	const fake = await startFakeContainerd();
	return {
		address: fake.address,
		isReal: false,
		makeContainer: async (_containerd, ref) => {
			fake.addContainer({...ref, status: 'none'});
			return {...silent, rootfs: []};
		},
		kill: fake.goAway,
		restart: fake.comeBack,
		stop: fake.stop,
	};
};

export const startReal = (version: ContainerdVersion) => async (): Promise<Subject> => {
	const lab = await startContainerd({version});
	const image = busyboxImage('registry.test/contract/busybox:1');
	return {
		address: lab.address,
		isReal: true,
		makeContainer: async (containerd, ref) => {
			const {namespace, id} = ref;
			await importImage(containerd, namespace, image);
			const commandLine = ['/bin/sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1; done'];
			await runContainer({lab, containerd}, {...{image, name: id, id, namespace, commandLine}, isNerdctl: false, logs: 'null', isStarted: false});
			const {runtimeOptions} = await containerd.containers.get(ref);
			const rootfs = await containerd.snapshots.mounts(namespace, 'overlayfs', id);
			return {...silent, rootfs, ...(runtimeOptions === undefined ? {} : {options: runtimeOptions})};
		},
		kill: async () => lab.kill(),
		restart: lab.restart,
		stop: lab.stop,
	};
};
