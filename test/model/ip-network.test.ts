import {describe, expect, test} from 'vitest';
import {firstHost, formatAddress, formatNetwork, isInside, isIpText, lastAddress, nextNetwork, overlaps, parseAddress, parseNetwork} from '../../source/model/ip-network.ts';

const network = (text: string) => parseNetwork(text)!;

describe('addresses', () => {
	test.each([
		['10.4.0.1', '10.4.0.1'],
		['0.0.0.0', '0.0.0.0'],
		['255.255.255.255', '255.255.255.255'],
		['::', '::'],
		['::1', '::1'],
		['fd00:0:0:1:0:0:0:2', 'fd00:0:0:1::2'],
		['fe80::a:0:0:b', 'fe80::a:0:0:b'],
		['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6'],
		['1::', '1::'],
		['::ffff:10.4.0.1', '::ffff:a04:1'],
	])('%s is read and written', (text, written) => {
		expect(formatAddress(parseAddress(text)!)).toBe(written);
	});

	test.each(['', '10.4.0', '10.4.0.256', '10.4.0.01', '10.4.0.1.2', ':::', '1::2::3', 'fd00:1:2:3:4:5:6:7:8', 'fd00:1', 'g::1', '1:2:3:4:5:6:7::8', 'last_reserved_ip.0', 'lock'])('%j is none', text => {
		expect(isIpText(text)).toBe(false);
	});
});

describe('networks', () => {
	test.each([
		['10.4.1.7/24', '10.4.1.0/24'],
		['10.4.1.7', '10.4.1.7/32'],
		['fd00:1::5/64', 'fd00:1::/64'],
		['0.0.0.0/0', '0.0.0.0/0'],
	])('%s is %s', (text, written) => {
		expect(formatNetwork(network(text))).toBe(written);
	});

	test.each(['10.4.1.0/33', '10.4.1.0/x', '10.4.1.0/24/24', '/24', 'fd00::/129'])('%s is none', text => {
		expect(parseNetwork(text)).toBeUndefined();
	});

	test('the first address of a network is no host, unless it is the only one', () => {
		expect(formatAddress(firstHost(network('10.4.1.0/24')))).toBe('10.4.1.1');
		expect(formatAddress(firstHost(network('10.4.1.9/32')))).toBe('10.4.1.9');
		expect(formatAddress(lastAddress(network('10.4.1.0/23')))).toBe('10.4.1.255');
	});

	test('two overlap when one has the beginning of the other', () => {
		expect(overlaps(network('10.4.0.0/16'), network('10.4.200.0/24'))).toBe(true);
		expect(overlaps(network('10.4.200.0/24'), network('10.4.0.0/16'))).toBe(true);
		expect(overlaps(network('10.4.0.0/24'), network('10.4.1.0/24'))).toBe(false);
		expect(overlaps(network('0.0.0.0/0'), network('::/0'))).toBe(false);
		expect(isInside(network('fd00::/64'), parseAddress('fd00::ffff')!)).toBe(true);
	});

	test('the next one follows, to the end of all addresses', () => {
		expect(formatNetwork(nextNetwork(network('10.4.255.0/24'))!)).toBe('10.5.0.0/24');
		expect(nextNetwork(network('255.255.255.0/24'))).toBeUndefined();
	});
});
