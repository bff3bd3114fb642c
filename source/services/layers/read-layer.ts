import type {Content} from '../../clients/containerd/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {Descriptor} from '../../model/image.ts';
import {createLayerIndexBuilder, type LayerIndex} from '../../model/layer-index.ts';
import {isCompressionError} from './decompress.ts';
import {takeTar} from './take-tar.ts';
import {createTarHeaders} from './tar-headers.ts';
import type {IndexOptions} from './types.ts';

export type ReadsLayers = {readonly containerd: {readonly content: Pick<Content, 'read'>}};

export const readLayer = async ({containerd}: ReadsLayers, namespace: string, layer: Descriptor, {signal, onProgress}: IndexOptions = {}): Promise<LayerIndex> => {
	const builder = createLayerIndexBuilder();
	const headers = createTarHeaders(entry => builder.add(entry));
	try {
		refuseEncrypted(layer);
		await takeTar(containerd.content.read(namespace, layer.digest, signal === undefined ? {} : {signal}), chunk => headers.push(chunk), {
			...(signal === undefined ? {} : {signal}),
			onBytes: doneBytes => onProgress?.({doneBytes, totalBytes: layer.sizeBytes}),
		});
		headers.end();
		return builder.build(layer.digest);
	} catch (error) {
		signal?.throwIfAborted();
		throw layerFailure(layer, error);
	}
};

export const layerFailure = (layer: Descriptor, error: unknown): Error => {
	const cause = isCompressionError(error) ? new Failure('invalid', `its bytes do not decompress: ${(error as Error).message}`, {cause: error, hint: 'remove the image and pull it again'}) : error;
	return failing(`read the files of layer ${layer.digest.replace(/^sha256:/, '').slice(0, 12)}`, cause);
};

export const refuseEncrypted = (layer: Descriptor): void => {
	if (layer.mediaType.endsWith('+encrypted')) throw new Failure('unsupported', 'it is encrypted', {hint: 'decrypt the image first'});
};
