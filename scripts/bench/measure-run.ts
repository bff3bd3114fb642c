import {execFile, spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import {busyboxImage} from '../lab/busybox.ts';
import {killCgroup, removeCgroup} from '../lab/cgroups.ts';
import {type LabContainerd, startContainerd} from '../lab/containerd.ts';
import {importImage} from '../lab/import.ts';
import {processesUnder, until} from '../lab/processes.ts';
import {forgetNamespace} from '../lab/services.ts';
import type {Bench} from './bench.ts';
import {cniByHand} from './cni-by-hand.ts';
import {type Figure, figure} from './figure.ts';
import {cpuSeconds} from './process-cost.ts';
import {pause} from './rest.ts';
import {median, ratio, spread} from './statistics.ts';

const image = 'docker.io/lab/bench:1';
const execute = promisify(execFile);

type Place = {readonly bench: Bench; readonly lab: LabContainerd; readonly namespace: string};

const timed = async (program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> => {
	const startedAt = performance.now();
	await execute(program, args, {env});
	return performance.now() - startedAt;
};

const globals = ({lab, namespace}: Place): readonly string[] => [
	...['--address', lab.address, '--namespace', namespace, '--data-root', lab.dataRoot],
	...['--cni-path', '/usr/lib/cni', '--cni-netconfpath', join(lab.dir, 'net.d')],
];

const gantry = async (place: Place, ...args: readonly string[]): Promise<number> => timed(place.bench.program, [...globals(place), ...args], place.bench.environment);

const ours = async (place: Place, ...flags: readonly string[]): Promise<number> =>
	gantry(place, 'run', '--rm', '--cgroup-parent', place.lab.cgroup, ...flags, image, 'true');

let serial = 0;
const theirs = async ({lab, namespace}: Place): Promise<number> => timed('ctr', ['-a', lab.address, '-n', namespace, 'run', '--rm', image, `ctr-${process.pid}-${serial++}`, 'true']);

/** By turns, so that both meet the same machine. */
const alone = async (place: Place, rounds: number): Promise<Figure> => {
	const [our, their]: [number[], number[]] = [[], []];
	await ours(place, '--net', 'none');
	await theirs(place);
	for (let count = 0; count < rounds; count += 1) {
		our.push(await ours(place, '--net', 'none'));
		their.push(await theirs(place));
	}
	return figure({
		name: 'run, against ctr',
		value: median(our) / median(their),
		unit: '×',
		budget: 2,
		how: '`gantry run --rm --net none IMAGE true` against `ctr run --rm IMAGE true`, whole processes, by turns',
		details: {gantryMs: spread(our), ctrMs: spread(their), pairs: ratio(our, their)},
	});
};

const onBridge = async (place: Place, rounds: number): Promise<Figure> => {
	const name = `bench${randomBytes(2).toString('hex')}`;
	const subnet = `10.229.${Math.floor(Math.random() * 250)}.0/24`;
	await gantry(place, 'network', 'create', '--subnet', subnet, name);
	try {
		const folder = join(place.lab.dir, 'net.d', place.namespace);
		const conflist = join(folder, readdirSync(folder).find(file => file.includes(name)) ?? '');
		const [our, hand, their]: [number[], number[], number[]] = [[], [], []];
		await ours(place, '--net', name);
		for (let count = 0; count < rounds; count += 1) {
			our.push(await ours(place, '--net', name));
			their.push(await theirs(place));
			hand.push(cniByHand(conflist, `${name}-${count}`));
		}
		return figure({
			name: 'run on a bridge, against ctr and the plugins',
			value: median(our) / (median(their) + median(hand)),
			unit: '×',
			budget: 1.3,
			how: '`gantry run --rm --net BRIDGE IMAGE true` against `ctr run --rm` plus the same CNI plugins called by hand, ADD and DEL',
			details: {gantryMs: spread(our), ctrMs: spread(their), pluginsMs: spread(hand)},
		});
	} finally {
		await gantry(place, 'network', 'rm', name);
	}
};

const atOnce = 8;

const byCtr = async ({lab, namespace}: Place, count: number, command: string): Promise<number> =>
	timed('sh', ['-c', `seq ${count} | xargs -P ${atOnce} -I @ ctr -a "$0" -n "$1" ${command}`, lab.address, namespace, image]);

const batchByCtr = async (place: Place, count: number, prefix: string): Promise<number> => {
	const took = await byCtr(place, count, `run -d "$2" ${prefix}-@ sleep 600`);
	await byCtr(place, count, `tasks rm -f ${prefix}-@`);
	await byCtr(place, count, `containers rm ${prefix}-@`);
	return took;
};

/** One service per container, none waiting for another. */
const project = ({lab}: Place, count: number): string => {
	const service = {image, command: ['sleep', '600'], network_mode: 'none', pull_policy: 'never', cgroup_parent: lab.cgroup};
	const path = join(lab.dir, 'compose.json');
	writeFileSync(path, JSON.stringify({name: 'batch', services: Object.fromEntries(Array.from({length: count}, (_, at) => [`s${at}`, service]))}));
	return path;
};

/** The last one is left running. */
const batch = async (place: Place, count: number, rounds: number): Promise<Figure> => {
	const file = project(place, count);
	const [our, their]: [number[], number[]] = [[], []];
	// What a first start compiles is kept for the next.
	await gantry(place, 'compose', '-f', file, 'up', '-d');
	for (let round = 0; round < rounds; round += 1) {
		await gantry(place, 'compose', '-f', file, 'down');
		their.push(await batchByCtr(place, count, `ctr-batch-${round}`));
		our.push(await gantry(place, 'compose', '-f', file, 'up', '-d'));
	}
	return figure({
		name: 'a batch of containers, against ctr',
		value: median(our) / median(their),
		unit: '×',
		budget: 1.2,
		how: `\`gantry compose up -d\` of ${count} services with logs, against as many \`ctr run -d\`, ${atOnce} at a time; whole processes, by turns`,
		details: {gantryMs: spread(our), ctrMs: spread(their), pairs: ratio(our, their), count},
	});
};

const wordsOf = (pid: number): readonly string[] => (existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0') : []);

const shims = ({lab}: Place, mode: 'log' | 'keep'): readonly number[] =>
	processesUnder(lab.dir).filter(pid => {
		const words = wordsOf(pid);
		return words[words.indexOf(mode) - 1]?.endsWith('/gantry-shim') === true;
	});

const childrenOf = (pid: number): readonly number[] => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').map(Number).filter(child => child > 0);

const proportionalMegabytes = (pid: number): number => (Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? Number.NaN) * 1024) / 1e6;

/** Of those that the batch left running: the keeper, and for each container a shell with the flock that it waits for. */
const idleDrivers = async (place: Place): Promise<Figure> => {
	await pause(2000);
	const keepers = shims(place, 'keep');
	const shells = shims(place, 'log').slice(0, 30);
	const sum = (pids: readonly number[]): number => pids.reduce((total, pid) => total + proportionalMegabytes(pid), 0);
	const each = shells.map(pid => sum([pid, ...childrenOf(pid).filter(child => !keepers.includes(child))]));
	return figure({
		name: 'log drivers at rest, 30',
		value: sum(keepers) + (each.reduce((total, megabytes) => total + megabytes, 0) / shells.length) * 30,
		unit: 'MB',
		budget: 300,
		how: 'the proportional memory of all that writes the logs of idle containers, as if there were 30: the keeper, and what waits for each',
		details: {drivers: shells.length, keepers: keepers.length, keeperMB: sum(keepers), each: spread(each)},
	});
};

const lines = 100_000;

const driverCost = async (place: Place): Promise<Figure> => {
	await gantry(place, 'run', '-d', '--name', 'talker', '--net', 'none', '--cgroup-parent', place.lab.cgroup, image, 'sh', '-c', `sleep 2; seq ${lines}; sleep 600`);
	const writers = shims(place, 'keep');
	const spent = (): number => writers.reduce((total, pid) => total + cpuSeconds(pid), 0);
	const used = spent();
	await until(() => spawnSync(place.bench.program, [...globals(place), 'logs', '-n', '1', 'talker'], {encoding: 'utf8', env: {...process.env, ...place.bench.environment}}).stdout.trim() === String(lines), 60_000);
	return figure({
		name: 'log driver, 100,000 lines',
		value: spent() - used,
		unit: 's',
		budget: 0.8,
		how: 'processor time of the keeper of logs for 100,000 lines that a container writes at full speed',
	});
};

/** Containers as they are made and run, beside what containerd's own tool takes for it. Needs root, a containerd and CNI's plugins. */
export const measureRun = async (bench: Bench): Promise<readonly Figure[]> => {
	const lab = await startContainerd();
	const namespace = `bench-${randomBytes(3).toString('hex')}`;
	try {
		const containerd = createContainerd({address: lab.address});
		await importImage(containerd, namespace, busyboxImage(image));
		containerd.close();
		const place = {bench, lab, namespace};
		const rounds = bench.isQuick ? 3 : 9;
		return [await alone(place, rounds), await onBridge(place, rounds), await batch(place, bench.isQuick ? 30 : 50, bench.isQuick ? 1 : 3), await idleDrivers(place), await driverCost(place)];
	} finally {
		await lab.stop();
		// ctr puts its containers below a cgroup of the namespace's name, which is not the lab's.
		killCgroup(`/${namespace}`);
		await until(() => removeCgroup(`/${namespace}`), 10_000);
		forgetNamespace(namespace);
	}
};
