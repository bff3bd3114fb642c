import {describe, expect, test} from 'vitest';
import {describeOrigin, resolveSettings, type Setting, type SettingFlags} from '../../source/config/index.ts';
import {fakeFiles} from './fake-files.ts';

const toml = '/etc/nerdctl/nerdctl.toml';
const home = '/home/ann';

type Case = {
	readonly flags?: SettingFlags;
	readonly env?: Readonly<Record<string, string>>;
	readonly files?: Readonly<Record<string, string>>;
	readonly directories?: readonly string[];
	readonly uid?: number;
};

const resolve = ({flags = {}, env = {}, files = {}, directories = [], uid = 0}: Case = {}) =>
	resolveSettings({flags, env, files: fakeFiles(files, directories), home, uid});

const said = (setting: Setting<unknown> | undefined): string => (setting === undefined ? 'nothing' : `${String(setting.value)} (${describeOrigin(setting.origin)})`);

describe('precedence', () => {
	const file = {[toml]: 'address = "/file.sock"\nnamespace = "file"\nsnapshotter = "stargz"\ncni_path = "/file/cni"\ncni_netconfpath = "/file/net"\ndata_root = "/file/data"\ncgroup_manager = "cgroupfs"\nhosts_dir = ["/file/hosts"]'};
	const env = {CONTAINERD_ADDRESS: '/env.sock', CONTAINERD_NAMESPACE: 'env', CONTAINERD_SNAPSHOTTER: 'nydus', CNI_PATH: '/env/cni', NETCONFPATH: '/env/net', BUILDKIT_HOST: 'unix:///env/buildkitd.sock'};
	const flags = {address: 'unix:///flag.sock', namespace: 'flag', snapshotter: 'native', dataRoot: '/flag/data', cniPath: '/flag/cni', cniNetconfpath: '/flag/net', cgroupManager: 'systemd', hostsDir: ['/a', '/b'], buildkitHost: 'unix:///flag/b.sock'};

	test.each([
		['address', {}, 'nothing', `/file.sock (address in ${toml})`, '/env.sock ($CONTAINERD_ADDRESS)', '/flag.sock (--address)'],
		['namespace', {}, 'nothing', `file (namespace in ${toml})`, 'env ($CONTAINERD_NAMESPACE)', 'flag (--namespace)'],
		['snapshotter', {}, 'overlayfs (default)', `stargz (snapshotter in ${toml})`, 'nydus ($CONTAINERD_SNAPSHOTTER)', 'native (--snapshotter)'],
		['dataRoot', {}, '/var/lib/nerdctl (default)', `/file/data (data_root in ${toml})`, `/file/data (data_root in ${toml})`, '/flag/data (--data-root)'],
		['cniPath', {}, '/opt/cni/bin (default)', `/file/cni (cni_path in ${toml})`, '/env/cni ($CNI_PATH)', '/flag/cni (--cni-path)'],
		['cniNetconfPath', {}, '/etc/cni/net.d (default)', `/file/net (cni_netconfpath in ${toml})`, '/env/net ($NETCONFPATH)', '/flag/net (--cni-netconfpath)'],
		['cgroupManager', {}, 'nothing', `cgroupfs (cgroup_manager in ${toml})`, `cgroupfs (cgroup_manager in ${toml})`, 'systemd (--cgroup-manager)'],
		['hostsDirs', {}, '/etc/containerd/certs.d,/etc/docker/certs.d (default)', `/file/hosts (hosts_dir in ${toml})`, `/file/hosts (hosts_dir in ${toml})`, '/a,/b (--hosts-dir)'],
		['buildkitHost', {}, 'nothing', 'nothing', 'unix:///env/buildkitd.sock ($BUILDKIT_HOST)', 'unix:///flag/b.sock (--buildkit-host)'],
	] as const)('%s', async (name, none, ...expected) => {
		const found = [await resolve(none), await resolve({files: file}), await resolve({files: file, env}), await resolve({files: file, env, flags})];
		expect(found.map(settings => said(settings[name]))).toEqual(expected);
	});
});

test('an empty variable or file entry says nothing; an empty flag is a mistake', async () => {
	const settings = await resolve({env: {CONTAINERD_ADDRESS: '', CONTAINERD_SNAPSHOTTER: ''}, files: {[toml]: 'namespace = ""'}});
	expect([said(settings.address), said(settings.namespace), said(settings.snapshotter)]).toEqual(['nothing', 'nothing', 'overlayfs (default)']);
	await expect(resolve({flags: {namespace: ''}})).rejects.toThrow('--namespace is empty');
});

test.each([
	['unix:///run/x.sock', '/run/x.sock'],
	['unix:/run/x.sock', '/run/x.sock'],
	['/run/x.sock', '/run/x.sock'],
	['x.sock', 'x.sock'],
])('the address %s is the path %s', async (address, path) => {
	expect((await resolve({flags: {address}})).address?.value).toBe(path);
});

test.each(['tcp://10.0.0.1:1234', 'npipe:////./pipe/x', 'HTTP://x'])('the address %s is refused', async address => {
	await expect(resolve({env: {CONTAINERD_ADDRESS: address}})).rejects.toMatchObject({code: 'invalid', message: expect.stringContaining('$CONTAINERD_ADDRESS')});
});

describe('rootless', () => {
	test.each([
		['a user', {uid: 1000}, `${home}/.local/share/nerdctl`, `${home}/.config/cni/net.d`],
		['a user with XDG', {uid: 1000, env: {XDG_DATA_HOME: '/data', XDG_CONFIG_HOME: '/config'}}, '/data/nerdctl', '/config/cni/net.d'],
		['root inside RootlessKit', {uid: 0, env: {ROOTLESSKIT_STATE_DIR: '/run/user/1000/containerd-rootless'}}, `${home}/.local/share/nerdctl`, `${home}/.config/cni/net.d`],
	])('%s has his own places', async (_, more, dataRoot, netconf) => {
		const settings = await resolve(more as Case);
		expect([settings.rootless, settings.dataRoot.value, settings.cniNetconfPath.value]).toEqual([true, dataRoot, netconf]);
	});

	test('his nerdctl.toml is under his home, and $NERDCTL_TOML moves it', async () => {
		const files = {[`${home}/.config/nerdctl/nerdctl.toml`]: 'namespace = "mine"', '/other.toml': 'namespace = "other"'};
		expect((await resolve({uid: 1000, files})).namespace?.value).toBe('mine');
		expect((await resolve({uid: 1000, files, env: {NERDCTL_TOML: '/other.toml'}})).namespace?.value).toBe('other');
		expect((await resolve({uid: 0, files})).namespace).toBeUndefined();
	});
});

test.each([
	[['/usr/lib/cni', '/usr/libexec/cni'], 0, '/usr/libexec/cni (found by looking)'],
	[[`${home}/opt/cni/bin`, '/opt/cni/bin'], 1000, `${home}/opt/cni/bin (found by looking)`],
	[[`${home}/opt/cni/bin`], 0, '/opt/cni/bin (default)'],
])('with %j there, uid %i finds CNI plugins in %s', async (directories, uid, expected) => {
	expect(said((await resolve({directories, uid})).cniPath)).toBe(expected);
});

describe('a bad nerdctl.toml', () => {
	test.each([
		['address = ', /Could not read \/etc\/nerdctl\/nerdctl\.toml: /],
		['address = 5', 'address is not a string'],
		['debug = "yes"', 'debug is not true or false'],
		['hosts_dir = "/etc"', 'hosts_dir is not a list of strings'],
		['hosts_dir = [1]', 'hosts_dir is not a list of strings'],
	])('%j stops us', async (text, message) => {
		await expect(resolve({files: {[toml]: text}})).rejects.toMatchObject({code: 'invalid', message: expect.stringMatching(message)});
	});

	test('a key of a newer nerdctl does not', async () => {
		const settings = await resolve({files: {[toml]: 'toString = 1\nfuture = true\ndns = ["1.1.1.1"]'}});
		expect(settings.problems).toEqual([`${toml} has a key that is not known here: toString`, `${toml} has a key that is not known here: future`]);
		expect(settings.nerdctl).toEqual({dns: ['1.1.1.1']});
	});
});
