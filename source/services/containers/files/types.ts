import type {Readable, Writable} from 'node:stream';
import type {TreeChange} from '../../../clients/host/index.ts';
import type {ContainerRef} from '../../../model/container.ts';
import type {Progress} from '../types.ts';

/** Where a copy comes from or goes to on this machine: a path, or a stream that is a tar archive. */
export type CopyOut = {readonly path: string; readonly to: string | Writable};
export type CopyIn = {readonly from: string | Readable; readonly path: string};

/** What can be done to the files of a container, whether it runs or not. */
export type FilesService = {
	/** What is written here belongs to us. */
	copyOut(ref: ContainerRef, copy: CopyOut, options?: Progress): Promise<void>;
	/** Owners are kept by number. */
	copyIn(ref: ContainerRef, copy: CopyIn, options?: Progress): Promise<void>;
	/** What it wrote, compared with its image; a directory is changed when something in it is. */
	changes(ref: ContainerRef, onChange: (change: TreeChange) => void | Promise<void>, options?: Progress): Promise<void>;
	/** A tar archive of the image with what was written, and without the volumes. The stream is not ended. */
	export(ref: ContainerRef, to: Writable, options?: Progress): Promise<void>;
};
