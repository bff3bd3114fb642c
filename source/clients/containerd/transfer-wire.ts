import type {TypedBytes} from '../../model/container.ts';
import type {Platform} from '../../model/image.ts';
import {AuthResponse, AuthType, ImageStore, OCIRegistry, Progress} from '../../protocol/generated/transfer-types.ts';
import type {Platform as WirePlatform} from '../../protocol/generated/types.ts';
import type {Any} from '../../protocol/generated/well-known.ts';
import {typeNameOf} from './any.ts';
import {toDescriptor} from './descriptors.ts';
import type {RegistryAccount, TransferProgress, TransferRegistry, TransferStore} from './types.ts';

const named = (type: string, value: Uint8Array): TypedBytes => ({typeUrl: `containerd.types.transfer.${type}`, value});

const toPlatform = ({os, architecture, variant = '', osVersion = ''}: Platform): WirePlatform => ({os, architecture, variant, osVersion, osFeatures: []});

export const registryAny = (reference: string, {hostDir = '', plainHttp = false, headers = {}}: TransferRegistry, authStream: string): TypedBytes =>
	named(
		'OCIRegistry',
		OCIRegistry.encode({reference, resolver: {authStream, headers: {...headers}, hostDir, defaultScheme: plainHttp ? 'http' : ''}}).finish(),
	);

export const storeAny = (name: string, {labels = {}, platforms = [], unpack}: TransferStore): TypedBytes =>
	named(
		'ImageStore',
		ImageStore.encode({
			...{name, labels: {...labels}, platforms: platforms.map(toPlatform), allMetadata: false, manifestLimit: 0, extraReferences: []},
			unpacks: unpack === undefined ? [] : [{platform: toPlatform(unpack.platform), snapshotter: unpack.snapshotter}],
		}).finish(),
	);

export const accountAny = (account: RegistryAccount | undefined): TypedBytes => {
	const none = {authType: AuthType.NONE, secret: '', username: '', expireAt: undefined};
	if (account === undefined) return named('AuthResponse', AuthResponse.encode(none).finish());
	const answer =
		'identityToken' in account
			? {...none, authType: AuthType.REFRESH, secret: account.identityToken}
			: {...none, authType: AuthType.CREDENTIALS, username: account.username, secret: account.password};
	return named('AuthResponse', AuthResponse.encode(answer).finish());
};

/** Undefined for what a newer daemon may say there besides. */
export const toProgress = ({typeUrl, value}: Any): TransferProgress | undefined => {
	if (typeNameOf(typeUrl) !== 'containerd.types.transfer.Progress') return undefined;
	const {event, name, parents, progress, total, desc} = Progress.decode(value);
	return {event, name, parents, doneBytes: progress, totalBytes: total, descriptor: desc === undefined ? undefined : toDescriptor(desc)};
};
