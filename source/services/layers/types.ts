import type {Descriptor} from '../../model/image.ts';
import type {LayerIndex} from '../../model/layer-index.ts';

export type {LayerIndex} from '../../model/layer-index.ts';

/** Of the blob as it is stored, so that the end is known. */
export type LayerProgress = {readonly doneBytes: number; readonly totalBytes: number};

export type IndexOptions = {readonly signal?: AbortSignal; readonly onProgress?: (progress: LayerProgress) => void};

export type LayersService = {
	/**
	What is in one layer, read from the content store without mounting or unpacking anything. Read once per digest; several callers wait for the
	same reading, which goes on as long as one of them waits.
	*/
	index(namespace: string, layer: Descriptor, options?: IndexOptions): Promise<LayerIndex>;
	/**
	The text of files as a container of these layers (the lowest first) would see them, whiteouts and links included. Read from the top down and only as
	far as needed. A path that leads nowhere, or to something else than a file, is left out; a file of more than 1 MiB is a failure.
	*/
	readFiles(namespace: string, layers: readonly Descriptor[], paths: readonly string[], options?: {readonly signal?: AbortSignal}): Promise<ReadonlyMap<string, string>>;
};
