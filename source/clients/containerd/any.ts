import type {TypedBytes} from '../../model/container.ts';
import type {Any} from '../../protocol/generated/well-known.ts';

/** `type.googleapis.com/a.b.C` and `a.b.C` name the same message; containerd writes the short form, others the long. */
export const typeNameOf = (typeUrl: string): string => typeUrl.slice(typeUrl.lastIndexOf('/') + 1);

export const toAny = (typed: TypedBytes): Any => ({typeUrl: typed.typeUrl, value: typed.value});

/** The value is copied, because what was decoded is a window on the whole message and would keep all of it alive. */
export const fromAny = (any: Any): TypedBytes => ({typeUrl: any.typeUrl, value: Uint8Array.from(any.value)});

/** containerd's `typeurl` registers the OCI types under this prefix and marshals them as JSON. */
const ociPrefix = 'types.containerd.io/opencontainers/runtime-spec/1';

export const ociAny = (type: 'Process' | 'Spec', value: Readonly<Record<string, unknown>>): Any => ({
	typeUrl: `${ociPrefix}/${type}`,
	value: new TextEncoder().encode(JSON.stringify(value)),
});
