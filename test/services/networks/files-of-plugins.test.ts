import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {parseNetworkList} from '../../../source/clients/cni/network-list.ts';
import {conflistText, type IpamRange} from '../../../source/model/cni-network.ts';
import {formatAddress, formatNetwork, parseNetwork} from '../../../source/model/ip-network.ts';
import {isExhausted} from '../../../source/services/networks/exhausted.ts';
import {collide, readSockets} from '../../../source/services/networks/sockets.ts';
import {freeSubnet, readAddresses6, readRoutes} from '../../../source/services/networks/subnets.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'gantry-leases-'));
afterAll(() => rmSync(dataDir, {recursive: true, force: true}));

const listWith = (name: string, ranges: ReadonlyArray<readonly IpamRange[]>, leases: readonly string[]) => {
	mkdirSync(join(dataDir, name));
	for (const address of [...leases, 'lock', 'last_reserved_ip.0']) writeFileSync(join(dataDir, name, address), 'ns-x\r\neth0');
	return parseNetworkList(Buffer.from(conflistText(name, {}, [{type: 'bridge', ipam: {type: 'host-local', dataDir, ranges}}])));
};

describe('what of a network is left', () => {
	const small = {subnet: '10.220.0.0/29', gateway: '10.220.0.1'};
	const hosts = [2, 3, 4, 5, 6].map(number => `10.220.0.${number}`);

	test.each<[string, ReadonlyArray<readonly IpamRange[]>, readonly string[], boolean]>([
		['one free address is enough', [[small]], hosts.slice(1), false],
		['all are given, the gateway is none of them', [[small]], hosts, true],
		['of a range only what is in it counts', [[{...small, rangeStart: '10.220.0.4', rangeEnd: '10.220.0.5'}]], ['10.220.0.4', '10.220.0.2', '10.220.0.3'], false],
		['a range is used up', [[{...small, rangeStart: '10.220.0.4', rangeEnd: '10.220.0.5'}]], ['10.220.0.4', '10.220.0.5'], true],
		['one family without addresses is enough to fail', [[small], [{subnet: 'fd20::/64', gateway: ''}]], hosts, true],
	])('%s', (name, ranges, leases, expected) => {
		expect(isExhausted(listWith(name.replaceAll(' ', '-'), ranges, leases))).toBe(expected);
	});
});

describe('tables of the kernel', () => {
	test('routes: what is connected, what is behind a gateway, and no default', () => {
		const table = [
			'Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT',
			'eth0	00000000	0100A8C0	0003	0	0	0	00000000	0	0	0',
			'br0	0001040A	00000000	0001	0	0	0	00FFFFFF	0	0	0',
			'tun0	000010AC	0100A8C0	0003	0	0	0	0000F0FF	0	0	0',
		].join('\n');
		const {connected, routed} = readRoutes(table);
		expect([connected.map(formatNetwork), routed.map(formatNetwork)]).toEqual([['10.4.1.0/24'], ['172.16.0.0/12']]);
	});

	test('addresses of IPv6, link-local ones left out', () => {
		const table = 'fe800000000000000000000000000001 02 40 20 80 eth0\nfd200000000000000000000000000005 03 40 00 80 br0\n';
		expect(readAddresses6(table).map(formatNetwork)).toEqual(['fd20::/64']);
	});

	test('sockets: addresses in the order of the machine, and none that is only being waited for', () => {
		const table = [
			'  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
			'   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1',
			'   1: 0100007F:1F91 0100007F:0001 06 00000000:00000000 00:00000000 00000000     0        0 0 1',
			'   2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1',
		].join('\n');
		const sockets = readSockets('tcp', table);
		expect(sockets.map(({address, port, inode}) => `${formatAddress(address)} ${port} ${inode}`)).toEqual(['127.0.0.1 8080 4242', ':: 80 77']);
		expect(collide('127.0.0.2', sockets[0]!.address)).toBe(false);
		expect(['', '0.0.0.0', '127.0.0.1'].map(host => collide(host, sockets[0]!.address))).toEqual([true, true, true]);
		expect(collide('127.0.0.2', sockets[1]!.address)).toBe(true);
	});
});

describe('the next free subnet', () => {
	const networks = (...all: readonly string[]) => all.map(text => parseNetwork(text)!);

	test.each<[string, readonly string[], readonly string[], string]>([
		['begins after that of the default network', [], [], '10.4.1.0/24'],
		['jumps over what overlaps, whatever its size', ['10.4.1.0/24', '10.4.2.128/25', '10.4.3.0/30'], [], '10.4.4.0/24'],
		['leaves what is behind a gateway alone', ['10.4.1.0/24'], ['10.4.0.0/16'], '10.5.0.0/24'],
		['unless everything is', ['10.4.1.0/24'], ['10.0.0.0/8'], '10.4.2.0/24'],
	])('%s', (_, taken, routed, expected) => {
		expect(formatNetwork(freeSubnet({taken: networks(...taken), routed: networks(...routed)}))).toBe(expected);
	});

	test('is told when there is none', () => {
		expect(() => freeSubnet({taken: networks('10.0.0.0/8'), routed: []})).toThrowError('There is no free subnet left');
	});
});
