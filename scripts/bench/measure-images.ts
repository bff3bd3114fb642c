import {execFile} from 'node:child_process';
import {createReadStream, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {type LabContainerd, startContainerd} from '../lab/containerd.ts';
import {type ContainerdVersion, containerdVersions, findContainerd} from '../lab/find-containerd.ts';
import type {Bench} from './bench.ts';
import {byTurns, pairwise} from './by-turns.ts';
import {type Figure, figure} from './figure.ts';
import {writeBigImage, writeLayer} from './images/big-image.ts';
import {makeCertificate} from './images/certificate.ts';
import {type BenchRegistry, startRegistry} from './images/registry.ts';
import {processorSeconds, type Timed, timed} from './images/timed.ts';
import {ratio, spread} from './statistics.ts';

const namespace = 'bench';
const megabyte = 1_048_576;

/** 1.7's Transfer service speaks https only, and trusts whom its environment names. */
const isPlain = (version: ContainerdVersion): boolean => version !== '1.7';

const summary = (runs: readonly Timed[]) => ({
	wallSeconds: spread(runs.map(({wallSeconds}) => wallSeconds)),
	cpuSeconds: spread(runs.map(({cpuSeconds}) => cpuSeconds)),
	peakMegabytes: spread(runs.map(({peakMegabytes}) => peakMegabytes)),
});

type Pull = Timed & {readonly daemonSeconds: number};

const pullFigures = (version: ContainerdVersion, how: string, {ours, theirs}: {readonly ours: readonly Pull[]; readonly theirs: readonly Pull[]}): readonly Figure[] => {
	const of = (runs: readonly Pull[], key: keyof Pull): readonly number[] => runs.map(run => run[key]);
	const total = (runs: readonly Pull[]): readonly number[] => runs.map(({cpuSeconds, daemonSeconds}) => cpuSeconds + daemonSeconds);
	return [
		figure({
			name: `images.pull-${version}`,
			value: pairwise(of(ours, 'wallSeconds'), of(theirs, 'wallSeconds')),
			unit: '× ctr images pull',
			budget: version === '1.6' ? 1.15 : 1.05,
			how,
			details: {
				pairs: ratio(of(ours, 'wallSeconds'), of(theirs, 'wallSeconds')),
				processorRatio: pairwise(total(ours), total(theirs)),
				gantry: {...summary(ours), daemonSeconds: spread(of(ours, 'daemonSeconds'))},
				ctr: {...summary(theirs), daemonSeconds: spread(of(theirs, 'daemonSeconds'))},
			},
		}),
		figure({name: `images.pull-memory-${version}`, value: Math.max(...of(ours, 'peakMegabytes')), unit: 'MB', budget: 200, how: 'The most resident memory of gantry in any of these pulls.'}),
	];
};

type Setting = {readonly bench: Bench; readonly lab: LabContainerd; readonly containerd: Containerd; readonly version: ContainerdVersion; readonly rounds: number; readonly layout: string; readonly registry: BenchRegistry; readonly environment: Readonly<Record<string, string>>};

const hostsFolder = (bench: Bench): string => join(bench.folder, 'certs.d');

const gantryArgs = ({bench, lab}: Setting, ...args: readonly string[]): readonly string[] => [
	...['--address', lab.address, '--namespace', namespace, '--data-root', lab.dataRoot, '--hosts-dir', hostsFolder(bench)],
	...args,
];

/** A registry on loopback is taken to speak http unless it is said. */
const sayHttps = (bench: Bench, host: string): void => {
	const folder = join(hostsFolder(bench), host);
	mkdirSync(folder, {recursive: true});
	writeFileSync(join(folder, 'hosts.toml'), `server = "https://${host}"\n`);
};

/** Single pairs differ by a tenth on a machine of two cores, and the budget is a twentieth. */
const pairsOfPulls = 13;

const measurePull = async (setting: Setting): Promise<readonly Figure[]> => {
	const {bench, lab, containerd, version, registry, environment} = setting;
	const name = `${registry.host}/big:1`;
	const ctr = findContainerd(version)?.path.replace(/containerd$/, 'ctr') ?? 'ctr';
	const pull = async (program: string, args: readonly string[]): Promise<Pull> => {
		const before = processorSeconds(lab.pid());
		const run = await timed(program, args, environment);
		const daemonSeconds = processorSeconds(lab.pid()) - before;
		await containerd.images.remove(namespace, name, {sync: true});
		return {...run, daemonSeconds};
	};
	const plain = isPlain(version) ? ['--plain-http'] : [];
	const ours = async () => pull(bench.program, gantryArgs(setting, 'pull', '-q', name));
	const theirs = async () => pull(ctr, ['--address', lab.address, '--namespace', namespace, 'images', 'pull', ...plain, name]);
	// Unmeasured: the first start ever compiles, and the registry's files are cold.
	await ours();
	const pulled = await byTurns(bench.isQuick ? 1 : pairsOfPulls, ours, theirs);
	const how = `gantry pull -q of an image in 8 layers from a docker-registry on loopback, over ${isPlain(version) ? 'http' : 'https'}, into containerd ${version}, unpacked, over ctr images pull; all in memory, by turns, each into an empty store; median of the pairs.`;
	await timed(bench.program, gantryArgs(setting, 'pull', '-q', name), environment);
	const before = registry.requests();
	await timed(bench.program, gantryArgs(setting, 'pull', '-q', name), environment);
	return [
		...pullFigures(version, how, pulled),
		figure({name: `images.repull-requests-${version}`, value: registry.requests() - before, unit: 'requests', budget: 2, how: 'What the registry answered while an image that is here was pulled again.'}),
	];
};

/** Each to a registry of its own, so that nothing is there, and nothing can be mounted. */
const measurePush = async (setting: Setting, from: string): Promise<readonly Figure[]> => {
	const {bench, containerd, rounds, layout} = setting;
	const image = await containerd.images.get(namespace, `${from}/big:1`);
	const inFresh = async (push: (host: string) => Promise<Timed>): Promise<Timed> => {
		const registry = await startRegistry(bench.folder, 'pushed');
		try {
			return await push(registry.host);
		} finally {
			await registry.stop();
		}
	};
	const ours = async () =>
		inFresh(async host => {
			const name = `${host}/big:1`;
			await containerd.images.create({...image, name});
			const run = await timed(bench.program, gantryArgs(setting, 'push', '-q', name), bench.environment);
			await containerd.images.remove(namespace, name);
			return run;
		});
	const theirs = async () =>
		inFresh(async host => timed('skopeo', ['copy', '-q', '--insecure-policy', '--dest-tls-verify=false', `oci:${layout}`, `docker://${host}/big:1`], bench.environment));
	const pushed = await byTurns(rounds, ours, theirs);
	const wall = (runs: readonly Timed[]): readonly number[] => runs.map(({wallSeconds}) => wallSeconds);
	return [
		figure({
			name: 'images.push',
			value: pairwise(wall(pushed.ours), wall(pushed.theirs)),
			unit: '× skopeo copy',
			budget: 1.2,
			how: 'gantry push of the same image out of containerd over skopeo copy out of a folder, each to an empty docker-registry on loopback; all in memory, by turns; median of the pairs.',
			details: {gantry: summary(pushed.ours), skopeo: summary(pushed.theirs)},
		}),
		figure({name: 'images.push-memory', value: Math.max(...pushed.ours.map(({peakMegabytes}) => peakMegabytes)), unit: 'MB', budget: 200, how: 'The most resident memory of gantry in any of these pushes.'}),
	];
};

const measureIndex = async ({bench, lab, containerd, rounds}: Setting, megabytes: number): Promise<readonly Figure[]> => {
	const folder = join(bench.folder, 'layer');
	mkdirSync(folder, {recursive: true});
	const layer = await writeLayer(folder, {files: megabytes * 8, fileBytes: 131_072, shape: 'text', name: 'tree'});
	const write = {ref: 'bench-layer', totalBytes: layer.sizeBytes, expected: layer.digest, labels: {'containerd.io/gc.root': 'bench'}};
	await containerd.content.write(namespace, write, offset => createReadStream(layer.path, {start: offset, highWaterMark: megabyte}) as AsyncIterable<Uint8Array>);
	const script = fileURLToPath(new URL('images/layer-index-main.ts', import.meta.url));
	const asked = JSON.stringify({address: lab.address, namespace, digest: layer.digest, sizeBytes: layer.sizeBytes});
	const ours = async (): Promise<number> => {
		const {stdout} = await promisify(execFile)(process.execPath, [script, asked], {env: bench.environment});
		return (JSON.parse(stdout) as {seconds: number}).seconds;
	};
	const theirs = async (): Promise<number> => (await timed('tar', ['-tzf', layer.path], bench.environment)).wallSeconds;
	await ours();
	const indexed = await byTurns(rounds, ours, theirs);
	return [
		figure({
			name: 'images.layer-index',
			value: pairwise(indexed.ours, indexed.theirs),
			unit: '× tar -tzf',
			budget: 2,
			how: `Indexing a layer of ${megabytes} MB (packed ${Math.round(layer.sizeBytes / megabyte)} MB) out of containerd, over tar -tzf of the same file; by turns; median of the pairs.`,
			details: {gantrySeconds: spread(indexed.ours), tarSeconds: spread(indexed.theirs)},
		}),
	];
};

/** A daemon takes its environment from us. */
const trusting = async <T>(authority: string, start: () => Promise<T>): Promise<T> => {
	process.env['SSL_CERT_FILE'] = authority;
	try {
		return await start();
	} finally {
		delete process.env['SSL_CERT_FILE'];
	}
};

/** Images between a registry and containerd, beside the programs that do the same. Versions that are not on this machine are left out. */
export const measureImages = async (bench: Bench): Promise<readonly Figure[]> => {
	const rounds = bench.isQuick ? 1 : 5;
	const layout = join(bench.folder, 'layout');
	await writeBigImage(layout, 8, (bench.isQuick ? 8 : 128) * megabyte);
	const certificate = await makeCertificate(bench.folder);
	const figures: Figure[] = [];
	const measure = async (version: ContainerdVersion, isLast: boolean): Promise<readonly Figure[]> => {
		const registry = await startRegistry(bench.folder, 'registry', isPlain(version) ? undefined : certificate);
		if (!isPlain(version)) sayHttps(bench, registry.host);
		// Node reads all its authorities at its start when it is given one more.
		const environment = isPlain(version) ? bench.environment : {...bench.environment, NODE_EXTRA_CA_CERTS: certificate.certificate};
		const lab = await trusting(certificate.certificate, async () => startContainerd({version}));
		const containerd = createContainerd({address: lab.address});
		const setting = {bench, lab, containerd, version, rounds, layout, registry, environment};
		try {
			await timed('skopeo', ['copy', '-q', '--insecure-policy', '--dest-tls-verify=false', `oci:${layout}`, `docker://${registry.host}/big:1`], bench.environment);
			const pulled = await measurePull(setting);
			return isLast ? [...pulled, ...(await measurePush(setting, registry.host)), ...(await measureIndex(setting, bench.isQuick ? 50 : 500))] : pulled;
		} finally {
			containerd.close();
			await lab.stop();
			await registry.stop();
		}
	};
	const versions = containerdVersions.filter(version => findContainerd(version) !== undefined);
	for (const version of versions) {
		bench.log(`images on containerd ${version}`);
		figures.push(...(await measure(version, version === versions.at(-1))));
	}
	return figures;
};
