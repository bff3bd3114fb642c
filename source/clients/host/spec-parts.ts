import type {HostFacts, OciDevice} from '../../model/oci/index.ts';
import type {Mount} from '../../model/snapshot.ts';
import {readBlockDevice, readDevices, readHostDevices} from './devices.ts';
import {readHostFacts} from './facts.ts';
import {findProgram} from './find-program.ts';
import {readSnapshotFile} from './snapshot-files.ts';

/** What the spec of a new container needs to know of this machine. */
export type SpecParts = {
	/** `usesDefaultProfile`: the kernel gets AppArmor's default profile first, if it lacks it. */
	facts(options?: {readonly usesDefaultProfile?: boolean}): Promise<HostFacts>;
	/** The device of a path, or all below it when it is a directory; `destination` is what the container calls it. */
	devices(path: string, destination?: string): Promise<readonly OciDevice[]>;
	/** What a privileged container sees. */
	hostDevices(): Promise<readonly OciDevice[]>;
	blockDevice(path: string): Promise<{readonly major: number; readonly minor: number}>;
	/** Where a program is, as a shell would find it. */
	findProgram(name: string): Promise<string | undefined>;
	/** A file of a snapshot without mounting it; `unknown` when the snapshotter keeps its files otherwise than in directories. */
	snapshotFile(mounts: readonly Mount[], path: string): Promise<string | undefined | 'unknown'>;
};

export const specParts: SpecParts = {
	facts: readHostFacts,
	devices: readDevices,
	hostDevices: readHostDevices,
	blockDevice: readBlockDevice,
	findProgram: name => findProgram(name),
	snapshotFile: readSnapshotFile,
};
