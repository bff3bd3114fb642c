import {type CachedAttachment, cachedAttachments, cniIdOf, type CniResult} from '../../clients/cni/index.ts';
import type {ContainerRef} from '../../model/container.ts';
import type {Attachment} from './types.ts';

/** The container's own end of what a network answered: the interface that has a sandbox. */
export const attachmentOf = (network: string, ifName: string, result: CniResult | undefined): Attachment => {
	const links = result?.interfaces ?? [];
	const own = links.findIndex(({name, sandbox = ''}) => sandbox !== '' && name === ifName);
	return {
		network,
		interfaceName: ifName,
		addresses: (result?.ips ?? []).filter(ip => own < 0 || ip.interface === undefined || ip.interface === own).flatMap(({address}) => address ?? []),
		macAddress: links[own]?.mac ?? '',
	};
};

export const cachedOf = (ref: ContainerRef): readonly CachedAttachment[] => cachedAttachments({}, cniIdOf(ref));

export const attachments = (ref: ContainerRef): readonly Attachment[] => cachedOf(ref).map(({networkName, ifName, result}) => attachmentOf(networkName, ifName, result));
