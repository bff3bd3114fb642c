import {existsSync} from 'node:fs';
import {SetupError, step} from './run.mjs';

/** A Debian package and the files any of which shows that it, or something that stands in for it, is there. */
const packages = {
	containerd: ['/usr/bin/containerd', '/usr/local/bin/containerd'],
	runc: ['/usr/sbin/runc', '/usr/bin/runc', '/usr/local/sbin/runc'],
	'containernetworking-plugins': ['/usr/lib/cni/bridge', '/opt/cni/bin/bridge'],
	'busybox-static': ['/usr/share/doc/busybox-static'],
	'util-linux': ['/usr/bin/flock'],
	procps: ['/usr/bin/free'],
	iproute2: ['/sbin/ip', '/usr/sbin/ip', '/bin/ip'],
	iptables: ['/sbin/iptables', '/usr/sbin/iptables'],
	'docker-registry': ['/usr/bin/docker-registry'],
	skopeo: ['/usr/bin/skopeo'],
	'protobuf-compiler': ['/usr/bin/protoc', '/usr/local/bin/protoc'],
	tmux: ['/usr/bin/tmux'],
};

const containers = ['containerd', 'runc', 'containernetworking-plugins', 'busybox-static', 'util-linux', 'procps', 'iproute2', 'iptables'];

/** What each command of `npm run` needs from the system. */
const needs = {
	demo: {packages: containers, isRoot: true},
	test: {packages: Object.keys(packages), isRoot: true},
	bench: {packages: Object.keys(packages), isRoot: true},
	check: {packages: ['protobuf-compiler'], isRoot: false},
	generate: {packages: ['protobuf-compiler'], isRoot: false},
	fix: {packages: [], isRoot: false},
	build: {packages: [], isRoot: false},
};

const isMissing = name => !packages[name].some(file => existsSync(file));

const hasApt = () => existsSync('/usr/bin/apt-get');

/** Every reason at once, with the command that removes it: nobody wants to learn them one by one. */
const explain = (command, missing, needsRoot) => {
	const npm = command === 'test' ? 'npm test' : `npm run ${command}`;
	const lines = [];
	if (process.platform !== 'linux') lines.push(`${npm} runs real containers, which need Linux; this is ${process.platform}. Run it in a Debian or Ubuntu machine.`);
	else if (needsRoot) lines.push(`${npm} starts a private containerd, which needs root: sudo ${npm}`);
	if (missing.length > 0) {
		const install = hasApt() ? `sudo apt-get install --no-install-recommends ${missing.join(' ')}` : 'install them with the package manager of this system';
		lines.push(`Missing: ${missing.join(', ')}. Get them: ${install}`);
	}

	return lines.join('\n');
};

/** Debian packages that are not there yet; nothing is asked of a server when none is missing. */
export const installSystemPackages = command => {
	const {packages: wanted, isRoot: wantsRoot} = needs[command];
	const isRoot = process.getuid?.() === 0;
	const missing = process.platform === 'linux' ? wanted.filter(isMissing) : wanted;
	const needsRoot = wantsRoot && !isRoot;
	if (missing.length === 0 && !needsRoot) return;
	if (needsRoot || !isRoot || !hasApt() || process.platform !== 'linux') throw new SetupError(explain(command, missing, needsRoot));
	const environment = {...process.env, DEBIAN_FRONTEND: 'noninteractive'};
	step('apt-get update', 'apt-get', ['update', '-q'], {env: environment});
	step(`apt-get install ${missing.join(' ')}`, 'apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing], {env: environment});
	const still = wanted.filter(isMissing);
	if (still.length > 0) throw new SetupError(`apt-get installed ${still.join(', ')}, but its files are not where they are expected: ${still.flatMap(name => packages[name]).join(', ')}`);
};
