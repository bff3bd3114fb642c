import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {volumeFilter} from '../../../source/commands/line/volume-filter.ts';
import {mountLabels} from '../../../source/model/mount-labels.ts';
import {id, type LineBench, openLineBench} from './surroundings.ts';

let bench: LineBench;

beforeAll(async () => {
	bench = await openLineBench();
});

afterAll(async () => bench.close());

const pathOf = async (name: string): Promise<string> => (await bench.run(['volume', 'inspect', '-f', '{{.Mountpoint}}', name])).out.trim();

describe('volumes from the command line', () => {
	test('create says the name, and again when it is there already', async () => {
		expect(await bench.run(['volume', 'create', '--label', 'a=b', '--label', 'bare', 'db'])).toEqual({code: 0, out: 'db\n', err: ''});
		expect(await bench.run(['volume', 'create', 'db'])).toMatchObject({code: 0, out: 'db\n', err: 'volume db already exists and is left as it is\n'});
		expect((await bench.run(['volume', 'create'])).out).toMatch(/^[0-9a-f]{64}\n$/);
		expect(await bench.run(['volume', 'create', '--driver', 'nfs', 'x1'])).toMatchObject({code: 1});
		expect(await bench.run(['volume', 'create', '../x'])).toMatchObject({code: 1, out: ''});
	});

	test('inspect and ls answer with the fields of nerdctl', async () => {
		const path = await pathOf('db');
		writeFileSync(join(path, 'file'), 'x'.repeat(2048));
		mkdirSync(join(path, 'folder'));
		expect(JSON.parse((await bench.run(['volume', 'inspect', '-s', 'db'])).out)).toEqual([{Name: 'db', Mountpoint: path, Labels: {a: 'b', bare: ''}, Size: 2048}]);
		expect(await bench.run(['volume', 'inspect', 'db', 'none'])).toMatchObject({code: 1, out: expect.stringContaining('"db"'), err: 'there is no volume none — list them with volume ls\n'});
		expect((await bench.run(['volume', 'ls', '-f', 'name=^db$', '-s'])).out.split('\n').map(line => line.split(/ {2,}/))).toEqual([['VOLUME NAME', 'DIRECTORY', 'SIZE'], ['db', path, '2.0 KiB'], ['']]);
		expect((await bench.run(['volume', 'ls', '-q', '-f', 'label=a=b'])).out).toBe('db\n');
		expect((await bench.run(['volume', 'ls', '-f', 'label=bare', '--format', '{{.Name}} {{.Labels}} {{.Driver}} {{.Size}}|'])).out).toBe('db a=b,bare= local |\n');
		expect(await bench.run(['volume', 'ls', '-f', 'colour=red'])).toMatchObject({code: 1, err: expect.stringContaining('colour=red')});
	});

	test('what is in use stays', async () => {
		await bench.run(['volume', 'create', 'used']);
		const point = {Type: 'volume', Name: 'used', Source: await pathOf('used'), Destination: '/data', Driver: 'local', Mode: '', RW: true, Propagation: ''};
		bench.fake.addContainer({namespace: 'default', id: id('a'), labels: mountLabels([point])});
		expect(await bench.run(['volume', 'rm', 'used', 'db'])).toMatchObject({code: 1, out: 'db\n', err: expect.stringMatching(/^Could not remove volume used: it is in use by aaaaaaaaaaaa/)});
		await bench.run(['volume', 'create', 'named']);
		expect((await bench.run(['volume', 'ls', '-q', '-f', 'dangling=false'])).out).toBe('used\n');
		expect((await bench.run(['volume', 'ls', '-q', '-f', 'dangling=true', '-f', 'name=named'])).out).toBe('named\n');
		expect((await bench.run(['volume', 'prune'], {input: 'n\n'})).out).toContain('anonymous local volumes not used');
		expect((await bench.run(['volume', 'prune', '-f'])).out).toMatch(/^Deleted Volumes:\n[0-9a-f]{64}\n\n$/);
		expect((await bench.run(['volume', 'prune', '-f', '-a'])).out).toBe('Deleted Volumes:\nnamed\n\n');
		expect((await bench.run(['volume', 'prune', '-f', '-a'])).out).toBe('');
		expect((await bench.run(['volume', 'ls', '-q'])).out).toBe('used\n');
	});
});

const volume = (name: string, labels: Readonly<Record<string, string>> = {}) => ({name, namespace: 'default', path: '/', labels, isAnonymous: false, createdAt: 0});

test.each([
	[['name=^web'], true],
	[['name=x', 'name=eb'], true],
	[['name=db'], false],
	[['label=tier'], true],
	[['label=tier=front'], true],
	[['label=tier=back'], false],
	[['label=tier', 'label=none'], false],
	[['size>=100'], true],
	[['size>100'], false],
	[['size<=100'], true],
	[['size<100'], false],
	[['size=100', 'name=web'], true],
	[['dangling=true'], false],
	[['dangling=false', 'driver=local'], true],
	[['driver=nfs'], false],
])('a volume web of 100 bytes against %j', (filters, expected) => {
	expect(volumeFilter(filters)({volume: volume('web', {tier: 'front'}), sizeBytes: 100, isUsed: true})).toBe(expected);
});

test.each(['size', 'size=big', 'name=(', 'dangling=maybe', 'colour=red'])('%s is refused', filter => {
	expect(() => volumeFilter([filter])).toThrow();
});
