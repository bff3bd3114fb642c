import type {Descriptor} from '../../model/image.ts';
import type {Mount} from '../../model/snapshot.ts';
import type {Descriptor as WireDescriptor, Mount as WireMount} from '../../protocol/generated/types.ts';

export const toDescriptor = (wire: WireDescriptor | undefined): Descriptor => ({
	mediaType: wire?.mediaType ?? '',
	digest: wire?.digest ?? '',
	sizeBytes: wire?.size ?? 0,
	annotations: wire?.annotations ?? {},
});

/** The platform stays behind: containerd's descriptor has no place for it. */
export const fromDescriptor = ({mediaType, digest, sizeBytes, annotations}: Descriptor): WireDescriptor => ({
	mediaType,
	digest,
	size: sizeBytes,
	annotations: {...annotations},
});

export const fromMount = ({type, source, target, options}: Mount): WireMount => ({type, source, target, options: [...options]});
