import {expect, test} from 'vitest';
import {withDefaults} from '../../../../source/services/containers/create/defaults.ts';
import {request} from '../../../model/oci/request.ts';

const defaults = {dns: ['10.0.0.53'], dnsSearch: ['lab.test'], dnsOptions: ['ndots:2']};

test('what a request leaves out is as nerdctl.toml has it, one by one', () => {
	const asked = request({namespace: 'n', image: 'i', network: {dns: ['10.9.9.9']}});
	expect(withDefaults(asked, defaults).network).toMatchObject({dns: ['10.9.9.9'], dnsSearch: ['lab.test'], dnsOptions: ['ndots:2']});
	expect(withDefaults(asked, {}).network).toMatchObject({dns: ['10.9.9.9'], dnsSearch: [], dnsOptions: []});
});

test('who lives in the network of another has its resolver, too', () => {
	const asked = request({namespace: 'n', image: 'i', network: {networks: ['container:peer']}});
	expect(withDefaults(asked, defaults)).toEqual(asked);
});
