import {describe, expect, test} from 'vitest';
import {asksSystemdResolved, type ResolvConfRequest, resolvConf} from '../../source/model/resolv-conf.ts';

const request = (fields: Partial<ResolvConfRequest>): ResolvConfRequest => ({host: '', servers: [], search: [], options: [], sharesHostNetwork: false, ...fields});

const machine = ['# a comment', 'search old.example', 'search lan example.com', 'nameserver 127.0.0.53 # stub', 'nameserver 10.0.0.2', 'nameserver fd00::53', 'options ndots:2 edns0', ''].join('\n');

describe('resolv.conf of a container', () => {
	test.each<[string, Partial<ResolvConfRequest>, readonly string[]]>([
		['has what of the machine can be reached from it', {host: machine}, ['search lan example.com', 'nameserver 10.0.0.2', 'options ndots:2 edns0']],
		['has all of it in the network of the machine', {host: machine, sharesHostNetwork: true}, ['search lan example.com', 'nameserver 127.0.0.53', 'nameserver 10.0.0.2', 'nameserver fd00::53', 'options ndots:2 edns0']],
		['asks public servers when the machine has none that it can reach', {host: 'nameserver 127.0.0.1\n'}, ['nameserver 8.8.8.8', 'nameserver 8.8.4.4']],
		['asks public servers when there is no file', {}, ['nameserver 8.8.8.8', 'nameserver 8.8.4.4']],
		['has what was asked for', {host: machine, servers: ['9.9.9.9'], search: ['a', 'b'], options: ['rotate']}, ['search a b', 'nameserver 9.9.9.9', 'options rotate']],
		['takes the rest from the machine', {host: machine, servers: ['9.9.9.9']}, ['search lan example.com', 'nameserver 9.9.9.9', 'options ndots:2 edns0']],
		['searches nowhere for a dot', {host: machine, search: ['.']}, ['nameserver 10.0.0.2', 'options ndots:2 edns0']],
	])('%s', (_, fields, lines) => {
		expect(resolvConf(request(fields))).toBe(`${lines.join('\n')}\n`);
	});

	test('the stub of systemd is known by being the only one', () => {
		expect(asksSystemdResolved('nameserver 127.0.0.53\n')).toBe(true);
		expect(asksSystemdResolved(machine)).toBe(false);
	});
});
