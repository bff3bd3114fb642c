import {existsSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {networkId} from '../../../source/model/cni-network.ts';
import {labels} from '../../../source/model/labels.ts';
import {id, type LineBench, openLineBench} from './surroundings.ts';

let bench: LineBench;

beforeAll(async () => {
	bench = await openLineBench();
});
afterAll(async () => bench.close());

/** A network is made only where the plugins that it needs are installed. */
describe.skipIf(!existsSync('/usr/lib/cni/bridge'))('networks from the command line', () => {
	test('create says the id, which is the name in another form, and fails when it is there', async () => {
		expect(await bench.run(['network', 'create', '--subnet', '10.221.1.0/24', '--label', 'a=b', '--label', 'bare', 'one'])).toEqual({code: 0, out: `${networkId('one')}\n`, err: ''});
		expect(await bench.run(['network', 'create', 'one'])).toMatchObject({code: 1, err: expect.stringContaining('network with name one already exists')});
		expect((await bench.run(['network', 'create', '--internal', '--ipv6', '--subnet', '10.221.2.0/24', '--subnet', 'fd21:2::/64', '--aux-address', 'r=10.221.2.9', 'two'])).code).toBe(0);
	});

	test.each<[readonly string[], string]>([
		[['--subnet', '10.221.1.128/25', 'x'], 'subnet 10.221.1.128/25 overlaps with other one on this address space'],
		[['--subnet', '10.221.9.7/24', 'x'], 'unexpected subnet "10.221.9.7/24", maybe you meant "10.221.9.0/24"?'],
		[['--subnet', 'nonsense', 'x'], 'failed to parse subnet "nonsense"'],
		[['--gateway', '10.221.9.1', 'x'], 'cannot set gateway or ip-range without subnet'],
		[['--subnet', '10.221.9.0/24', '--gateway', '10.221.8.1', 'x'], 'no matching subnet for gateway "10.221.8.1"'],
		[['--subnet', '10.221.9.0/24', '--ip-range', '10.221.0.0/16', 'x'], 'no matching subnet for ip-range "10.221.0.0/16"'],
		[['--subnet', '10.221.9.0/24', '--aux-address', 'r=10.221.9.1', 'x'], 'Address already in use'],
		[['--ipv4=false', 'x'], 'IPv4 or IPv6 must be enabled'],
		[['-d', 'overlay', 'x'], 'unsupported cni driver "overlay"'],
		[['-d', 'macvlan', '-o', 'mode=vepa', 'x'], 'unknown macvlan mode "vepa"'],
		[['-o', 'color=red', 'x'], 'unsupported "bridge" network option "color"'],
		[['--ipam-driver', 'oracle', 'x'], 'unsupported ipam driver "oracle"'],
		[['../x'], 'invalid network name'],
		[['host'], 'means something else'],
	])('create %j is refused', async (flags, reason) => {
		expect(await bench.run(['network', 'create', ...flags])).toMatchObject({code: 1, out: '', err: expect.stringContaining(reason)});
	});

	test('ls has the columns and the pseudo networks of nerdctl', async () => {
		const rows = (await bench.run(['network', 'ls'])).out.split('\n').map(line => line.split(/ {2,}/));
		expect(rows[0]).toEqual(['NETWORK ID', 'NAME', 'FILE']);
		expect(rows.slice(1).map(([shortId, name]) => [shortId, name])).toEqual([[networkId('one').slice(0, 12), 'one'], [networkId('two').slice(0, 12), 'two'], ['', 'host'], ['', 'none'], ['', undefined]]);
		expect((await bench.run(['network', 'ls', '-q', '-f', 'label=a=b'])).out).toBe(`${networkId('one').slice(0, 12)}\n`);
		expect((await bench.run(['network', 'ls', '-f', 'name=^t', '--format', '{{.Name}} {{.Labels}}|'])).out).toBe('two |\n');
		expect(await bench.run(['network', 'ls', '--format', 'raw'])).toMatchObject({code: 1, err: 'unsupported format: "raw"\n'});
	});

	test('inspect collapses what is kept out of a subnet, and finds by the beginning of an id', async () => {
		const [two] = JSON.parse((await bench.run(['network', 'inspect', networkId('two').slice(0, 6)])).out) as [unknown];
		expect(two).toEqual({
			Name: 'two',
			Id: networkId('two'),
			IPAM: {Config: [{Subnet: '10.221.2.0/24', Gateway: '10.221.2.1', AuxiliaryAddresses: {r: '10.221.2.9'}}, {Subnet: 'fd21:2::/64', Gateway: 'fd21:2::1'}]},
			Labels: {},
			Containers: {},
		});
		const [native] = JSON.parse((await bench.run(['network', 'inspect', '--mode', 'native', 'one'])).out) as [{readonly CNI: {readonly plugins: ReadonlyArray<{readonly type: string}>}}];
		expect(native).toMatchObject({NerdctlID: networkId('one'), NerdctlLabels: {a: 'b', bare: ''}, Containers: null});
		expect(native.CNI.plugins.map(({type}) => type)).toEqual(['bridge', 'portmap', 'firewall', 'tuning']);
		expect(JSON.parse((await bench.run(['network', 'inspect', 'host'])).out)).toEqual([{Name: 'host', IPAM: {}, Labels: null, Containers: {}}]);
		expect(await bench.run(['network', 'inspect', 'nope', 'one'])).toMatchObject({code: 0, err: expect.stringContaining('no network found matching: nope')});
		expect(await bench.run(['network', 'inspect', 'nope'])).toMatchObject({code: 1, err: expect.stringContaining('unable to find any network matching the provided request')});
	});

	test('what is in use stays, and the exit code says whether anything went', async () => {
		bench.fake.addContainer({namespace: 'default', id: id('a'), status: 'running', labels: {[labels.name]: 'web', [labels.networks]: '["one"]'}});
		expect(await bench.run(['network', 'rm', 'one', 'nope'])).toMatchObject({code: 1, out: '', err: expect.stringMatching(/network "one" is in use by container web[\s\S]*no network found matching: nope/)});
		expect((await bench.run(['network', 'prune'], {input: 'n\n'})).out).toContain('all custom networks not used by at least one container');
		expect(await bench.run(['network', 'prune', '-f'])).toMatchObject({code: 0, out: 'Deleted Networks:\ntwo\n\n'});
		expect(await bench.run(['network', 'rm', 'bridge'])).toMatchObject({code: 1, err: expect.stringContaining('cannot remove pre-defined network bridge')});
		expect(await bench.run(['network', 'connect', 'nope', 'web'])).toMatchObject({code: 1, err: expect.stringContaining('no network found matching: nope')});
		expect(await bench.run(['network', 'disconnect', 'two', 'web'])).toMatchObject({code: 1, err: expect.stringContaining('it is not on that network')});
	});

	test('port tells all, one, and that there is none', async () => {
		const ports = JSON.stringify([{HostPort: 8080, ContainerPort: 80, Protocol: 'tcp', HostIP: '127.0.0.1'}, {HostPort: 53, ContainerPort: 53, Protocol: 'udp', HostIP: '0.0.0.0'}]);
		bench.fake.addContainer({namespace: 'default', id: id('b'), labels: {[labels.name]: 'dns', [labels.ports]: ports}});
		expect((await bench.run(['port', 'dns'])).out).toBe('80/tcp -> 127.0.0.1:8080\n53/udp -> 0.0.0.0:53\n');
		expect((await bench.run(['container', 'port', 'dns', '53/udp'])).out).toBe('0.0.0.0:53\n');
		expect(await bench.run(['port', 'dns', '53'])).toMatchObject({code: 1, err: expect.stringContaining(`no public port 53/tcp published for "${id('b')}"`)});
		expect(await bench.run(['port', 'dns', 'x'])).toMatchObject({code: 1, err: expect.stringContaining('failed to parse "x"')});
	});
});
