import {describe, expect, test} from 'vitest';
import {extraHostsOf, type HostsEntry, type HostsMeta, hostsFile, ownName, sharedHostsFile, storedName} from '../../source/model/hosts-file.ts';

const meta = (fields: Partial<HostsMeta> & {readonly at: Readonly<Record<string, string>>}): HostsMeta => {
	const {at, ...rest} = fields;
	return {
		ID: 'a',
		Hostname: 'host-a',
		Name: 'web',
		Domainname: '',
		ExtraHosts: null,
		Networks: Object.fromEntries(Object.entries(at).map(([network, address]) => [network, {ips: [{address}]}])),
		...rest,
	};
};

const entry = (one: HostsMeta, aliases: HostsEntry['aliases'] = {}): HostsEntry => ({meta: one, aliases});

const web = meta({at: {bridge: '10.4.0.2/24'}});
const db = meta({ID: 'b', Hostname: 'host-b', Name: 'db', at: {bridge: '10.4.0.3/24', back: '10.5.0.2/24'}, Domainname: 'example.com'});
const apart = meta({ID: 'c', Hostname: 'host-c', Name: 'apart', at: {other: '10.6.0.2/24'}});

describe('the hosts file of a container', () => {
	test('names everybody on its networks, between the marks of nerdctl', () => {
		const text = hostsFile('', web, [entry(web), entry(db), entry(apart)], []);
		expect(text.split('\n')).toEqual([
			'# <nerdctl>',
			'127.0.0.1	localhost localhost.localdomain',
			'::1		localhost localhost.localdomain',
			'10.4.0.2        host-a web',
			'10.4.0.3        host-b.example.com host-b db',
			'# </nerdctl>',
			'',
		]);
	});

	test('with the network in the name, unless it is the default one', () => {
		const text = hostsFile('', db, [entry(db)], []);
		expect(text).toContain('10.5.0.2        host-b.example.com host-b host-b.back db db.back\n');
	});

	test('keeps what others wrote outside of the marks, and nothing between them', () => {
		const current = ['# made by hand', '10.9.9.9  printer', '# <nerdctl>', '10.4.0.9 gone', '# </nerdctl>', '127.0.0.1 localhost', '10.8.8.8 backup # weekly', ''].join('\n');
		const text = hostsFile(current, web, [entry(web)], []);
		expect(text.startsWith('10.9.9.9  printer\n# <nerdctl>\n')).toBe(true);
		expect(text).not.toContain('gone');
		expect(text).not.toContain('weekly');
		expect(hostsFile(text, web, [entry(web)], [])).toBe(text);
	});

	test('has aliases outside of the marks, and takes the old ones away', () => {
		const first = hostsFile('10.9.9.9 printer\n', web, [entry(web), entry(db, {bridge: ['database']})], []);
		expect(first.split('\n').slice(0, 3)).toEqual(['10.9.9.9 printer', '10.4.0.3        database', '# <nerdctl>']);
		const second = hostsFile(first, web, [entry(web)], ['10.4.0.3        database']);
		expect(second.split('\n').slice(0, 2)).toEqual(['10.9.9.9 printer', '# <nerdctl>']);
	});

	test('a name can not write lines of its own', () => {
		const evil = meta({ID: 'e', Name: 'x\n1.2.3.4 bank', Hostname: 'a b', at: {bridge: '10.4.0.7/24'}, ExtraHosts: {'y\n1.2.3.4 bank': '1.1.1.1'}});
		expect(hostsFile('', evil, [entry(evil, {bridge: ['z\n1.2.3.4 bank']})], [])).not.toContain('bank');
	});
});

test('in the network of the machine it is the file of the machine, with what was added', () => {
	expect(sharedHostsFile('127.0.0.1 localhost', {})).toBe('127.0.0.1 localhost\n');
	expect(sharedHostsFile('127.0.0.1 localhost\n', {db: '10.1.1.1'})).toBe('127.0.0.1 localhost\n# <nerdctl>\n10.1.1.1        db\n# </nerdctl>\n');
});

test('an added host may have an address with colons', () => {
	expect(extraHostsOf(['db:10.1.1.1', 'six:fd00::1', 'nothing', ':x'])).toEqual({db: '10.1.1.1', six: 'fd00::1'});
});

test.each([
	[{}, 'db'],
	[{bridge: ['one', 'two'], back: ['two', 'three']}, 'two db'],
	[{bridge: ['two', 'db', 'a b'], back: ['two', 'db', 'a b']}, 'two db'],
	[{elsewhere: ['two']}, 'db'],
])('with the aliases %j it is stored as %s, and is still db', (aliases, stored) => {
	expect(storedName(db, aliases)).toBe(stored);
	expect(ownName(stored)).toBe('db');
});
