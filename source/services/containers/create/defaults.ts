import type {CreateRequest} from '../../../model/create-request.ts';
import {networkMode} from '../../../model/network-mode.ts';
import type {ContainerDefaults} from './types.ts';

const orElse = (said: readonly string[], otherwise: readonly string[] = []): readonly string[] => (said.length > 0 ? said : otherwise);

/** What nerdctl.toml says for all containers, where the request says nothing: one by one, and none for who lives in the network of another. */
export const withDefaults = (request: CreateRequest, {dns, dnsSearch, dnsOptions}: ContainerDefaults): CreateRequest => {
	const {network} = request;
	if (networkMode(network.networks).kind === 'container') return request;
	return {...request, network: {...network, dns: orElse(network.dns, dns), dnsSearch: orElse(network.dnsSearch, dnsSearch), dnsOptions: orElse(network.dnsOptions, dnsOptions)}};
};
