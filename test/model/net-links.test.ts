import {expect, test} from 'vitest';
import {linksInUse, parseLinks} from '../../source/model/net-links.ts';

const address = (local: string, prefixlen: number) => ({family: local.includes(':') ? 'inet6' : 'inet', local, prefixlen, scope: 'global'});

// As iproute2 6.1 prints it.
const printed = JSON.stringify([
	{ifindex: 1, ifname: 'lo', flags: ['LOOPBACK', 'UP', 'LOWER_UP'], mtu: 65536, link_type: 'loopback', address: '00:00:00:00:00:00', addr_info: [address('127.0.0.1', 8), address('::1', 128)]},
	{ifindex: 2, link_index: 7, ifname: 'eth0', flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'], mtu: 1500, address: '02:42:ac:11:00:02', addr_info: [address('10.4.0.2', 24)]},
	{ifindex: 3, ifname: 'br0', flags: ['NO-CARRIER', 'BROADCAST', 'MULTICAST', 'UP'], mtu: 1500, address: 'aa:aa:aa:aa:aa:aa', addr_info: []},
	{ifindex: 4, ifname: 'ifb0', flags: ['BROADCAST', 'NOARP'], mtu: 1500, address: 'bb:bb:bb:bb:bb:bb', addr_info: []},
	{ifindex: 5, ifname: 'tun0', flags: ['POINTOPOINT', 'UP', 'LOWER_UP'], mtu: 1400},
]);

test('interfaces in Go’s words', () => {
	expect(parseLinks(printed)).toEqual([
		{index: 1, mtu: 65536, name: 'lo', mac: '', flags: ['up', 'loopback', 'running'], addresses: ['127.0.0.1/8', '::1/128']},
		{index: 2, mtu: 1500, name: 'eth0', mac: '02:42:ac:11:00:02', flags: ['up', 'broadcast', 'multicast', 'running'], addresses: ['10.4.0.2/24']},
		{index: 3, mtu: 1500, name: 'br0', mac: 'aa:aa:aa:aa:aa:aa', flags: ['up', 'broadcast', 'multicast'], addresses: []},
		{index: 4, mtu: 1500, name: 'ifb0', mac: 'bb:bb:bb:bb:bb:bb', flags: ['broadcast'], addresses: []},
		{index: 5, mtu: 1400, name: 'tun0', mac: '', flags: ['up', 'pointtopoint', 'running'], addresses: []},
	]);
	expect(linksInUse(parseLinks(printed) ?? []).map(({name}) => name)).toEqual(['eth0', 'br0', 'tun0']);
});

test('an ip that does not know -j tells nothing', () => {
	expect(parseLinks('1: lo: <LOOPBACK,UP>')).toBeUndefined();
	expect(parseLinks('{}')).toEqual([]);
});
