import {execFile} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import {busyboxImage} from '../lab/busybox.ts';
import {type LabContainerd, startContainerd} from '../lab/containerd.ts';
import {importImage} from '../lab/import.ts';
import {forgetNamespace} from '../lab/services.ts';
import type {Bench} from './bench.ts';
import {startChild} from './child.ts';
import {writeProject} from './compose-project.ts';
import {type Figure, figure} from './figure.ts';
import {median, ratio, spread} from './statistics.ts';

const image = 'docker.io/lab/bench:1';
const services = 20;
const execute = promisify(execFile);

const timed = async (run: () => Promise<unknown>): Promise<number> => {
	const startedAt = performance.now();
	await run();
	return performance.now() - startedAt;
};

/** In a new process each time: a person plans once, with nothing warm. */
const planning = async ({folder, isQuick}: Bench): Promise<Figure> => {
	const {folder: project, lines} = writeProject(folder, 100);
	const asked = ['nothing', 'all'] as const;
	const costs: Record<(typeof asked)[number], number[]> = {nothing: [], all: []};
	const operations: Record<string, number> = {};
	for (let round = 0; round < (isQuick ? 3 : 9); round += 1) {
		for (const question of asked) {
			const child = await startChild('plan-main.ts', {folder: project});
			try {
				const answer = JSON.parse(await child.ask(question)) as {ms: number; operations: number};
				costs[question].push(answer.ms);
				operations[question] = answer.operations;
			} finally {
				await child.stop();
			}
		}
	}
	return figure({
		name: 'compose, a plan of 100 services',
		value: Math.max(...asked.map(question => median(costs[question]))),
		unit: 'ms of processor time',
		budget: 50,
		how: 'From a loaded project of 100 services to its operations, of which nothing is there or all are there and have changed: the worse one; medians.',
		details: {operations, lines, nothingThere: spread(costs.nothing), allChanged: spread(costs.all)},
	});
};

const config = async ({folder, program, environment, isQuick}: Bench): Promise<Figure> => {
	const {folder: project, lines} = writeProject(folder, 100);
	const run = (command: string, args: readonly string[]): Promise<number> => timed(async () => execute(command, args, {cwd: project, env: environment, maxBuffer: 64 * 2 ** 20}));
	const [whole, bare, empty]: [number[], number[], number[]] = [[], [], []];
	await run(program, ['compose', 'config']);
	for (let round = 0; round < (isQuick ? 5 : 15); round += 1) {
		whole.push(await run(program, ['compose', 'config']));
		bare.push(await run(process.execPath, ['-e', '0']));
		empty.push(await run(program, ['--version']));
	}
	return figure({
		name: 'compose config',
		value: median(whole) - median(bare),
		unit: 'ms',
		budget: 300,
		how: `\`gantry compose config\` of ${lines} lines, over \`node -e 0\`, whole processes, by turns; medians`,
		details: {lines, configMs: spread(whole), nodeMs: spread(bare), versionMs: spread(empty)},
	});
};

type Machine = {readonly bench: Bench; readonly lab: LabContainerd; readonly namespace: string};

const gantry = async ({bench, lab, namespace}: Machine, cwd: string, ...args: readonly string[]): Promise<void> => {
	const places = ['--address', lab.address, '--namespace', namespace, '--data-root', lab.dataRoot, '--cni-path', '/usr/lib/cni', '--cni-netconfpath', join(lab.dir, 'net.d')];
	await execute('nsenter', [`--net=/proc/${lab.pid()}/ns/net`, '--', bench.program, ...places, ...args], {cwd, env: {...process.env, ...bench.environment}});
};

const upAgainstRuns = async (machine: Machine): Promise<Figure> => {
	const {bench, lab} = machine;
	const folder = join(bench.folder, 'twenty');
	mkdirSync(folder, {recursive: true});
	const names = Array.from({length: services}, (_, at) => `service-${at}`);
	const project = `c${randomBytes(3).toString('hex')}`;
	writeFileSync(join(folder, 'compose.yaml'), `name: ${project}\nservices:\n${names.map(name => `  ${name}: {image: "${image}", command: [sleep, "600"], stop_signal: KILL, cgroup_parent: ${lab.cgroup}}\n`).join('')}`);
	const network = `${project}-runs`;
	const runs = async (): Promise<void> => {
		await gantry(machine, folder, 'network', 'create', network);
		await Promise.all(names.map(name => gantry(machine, folder, 'run', '-d', '--name', `run-${name}`, '--net', network, '--stop-signal', 'KILL', '--cgroup-parent', lab.cgroup, image, 'sleep', '600')));
	};
	const [our, their]: [number[], number[]] = [[], []];
	for (let round = 0; round < (bench.isQuick ? 2 : 5); round += 1) {
		their.push(await timed(runs));
		await gantry(machine, folder, 'rm', '-f', ...names.map(name => `run-${name}`));
		await gantry(machine, folder, 'network', 'rm', network);
		our.push(await timed(async () => gantry(machine, folder, 'compose', 'up', '-d')));
		await gantry(machine, folder, 'compose', 'down');
	}
	return figure({
		name: 'compose up, against gantry run',
		value: median(our) / median(their),
		unit: '×',
		budget: 1.3,
		how: `\`gantry compose up -d\` of ${services} services of an image that is there, against a network and ${services} \`gantry run -d\` on it, all at once; whole processes, by turns`,
		details: {upMs: spread(our), runsMs: spread(their), pairs: ratio(our, their)},
	});
};

/** Projects: read, planned, brought up. The last one needs root, a containerd and CNI's plugins. */
export const measureCompose = async (bench: Bench): Promise<readonly Figure[]> => {
	const alone = [await planning(bench), await config(bench)];
	const lab = await startContainerd({hasOwnNetwork: true});
	const namespace = `bench-${randomBytes(3).toString('hex')}`;
	try {
		const containerd = createContainerd({address: lab.address});
		await importImage(containerd, namespace, busyboxImage(image));
		containerd.close();
		return [...alone, await upAgainstRuns({bench, lab, namespace})];
	} finally {
		await lab.stop();
		forgetNamespace(namespace);
	}
};
