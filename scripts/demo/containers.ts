import {readFileSync} from 'node:fs';
import {labels as names} from '../../source/model/labels.ts';
import type {Bench, LabRun} from '../lab/container.ts';
import {runContainer} from '../lab/container.ts';
import {until} from '../lab/processes.ts';
import type {DemoImages} from './images.ts';

const composeLabels = (service: string): Readonly<Record<string, string>> => ({
	[names.composeProject]: 'shop',
	[names.composeService]: service,
	[names.composeWorkingDir]: '/srv/shop',
	[names.composeConfigFiles]: '/srv/shop/compose.yaml',
});

const runs = (images: DemoImages): readonly LabRun[] => [
	{name: 'mailer', image: images.tools, commandLine: ['mailer.sh'], logOptions: {'max-size': '1m', 'max-file': '3'}},
	{name: 'ticker', image: images.tools, commandLine: ['ticker.sh'], labels: {team: 'platform'}},
	{name: 'burner', image: images.tools, commandLine: ['burner.sh']},
	{name: 'painter', image: images.tools, commandLine: ['painter.sh']},
	{name: 'shop-web-1', image: images.web, labels: composeLabels('web')},
	{name: 'shop-api-1', image: images.api, labels: composeLabels('api'), memoryLimitBytes: 128 * 1024 * 1024},
	{name: 'shop-db-1', image: images.database, labels: composeLabels('db'), memoryLimitBytes: 64 * 1024 * 1024},
];

const runKilled = async (bench: Bench, images: DemoImages): Promise<void> => {
	const container = await runContainer(bench, {name: 'importer', image: images.tools, commandLine: ['importer.sh'], labels: {job: 'nightly'}});
	// Killed before it has said anything it would be a poor example.
	await until(() => readFileSync(container.logPath!, 'utf8').includes('patience'), 5000);
	await bench.containerd.tasks.kill(container, 9);
};

const runPaused = async (bench: Bench, images: DemoImages): Promise<void> => {
	const container = await runContainer(bench, {name: 'napper', image: images.tools});
	await bench.containerd.tasks.pause(container);
};

/** A pod as a kubelet leaves it: a sandbox, a container in its network namespace, and a log file in CRI's form. */
const runPod = async (bench: Bench, images: DemoImages): Promise<void> => {
	const podLabels = {
		[names.podName]: 'controller-0',
		[names.podNamespace]: 'kube-system',
		[names.podUid]: '6e0a7a52-7b8e-4f6b-9d5c-2f1f0f8f3c11',
	};
	const common = {namespace: 'k8s.io', image: images.controller, isNerdctl: false};
	const sandbox = await runContainer(bench, {
		...common,
		name: 'controller-0',
		commandLine: ['/bin/sleep', '2147483'],
		logs: 'null',
		labels: {...podLabels, [names.criKind]: 'sandbox'},
	});
	const logPath = `${bench.lab.dir}/pods/kube-system_controller-0_${podLabels[names.podUid]}/controller/0.log`;
	const metadata = {Version: 'v1', Metadata: {Name: 'controller', SandboxID: sandbox.id, LogPath: logPath}};
	await runContainer(bench, {
		...common,
		name: 'controller',
		logs: {file: logPath},
		labels: {...podLabels, [names.criKind]: 'container', [names.podContainer]: 'controller'},
		sandboxId: sandbox.id,
		...(sandbox.pid === undefined ? {} : {networkOf: sandbox.pid}),
		extensions: {
			'io.cri-containerd.container.metadata': {
				typeUrl: 'github.com/containerd/cri/pkg/store/container/Metadata',
				value: Buffer.from(JSON.stringify(metadata)),
			},
		},
	});
};

/** Everything at once: most of a start is waiting for runc. */
export const startDemoContainers = async (bench: Bench, images: DemoImages, idleCount: number): Promise<void> => {
	await Promise.all([
		...runs(images).map(run => runContainer(bench, run)),
		runKilled(bench, images),
		runPaused(bench, images),
		runPod(bench, images),
	]);
	for (let started = 0; started < idleCount; started += 8) {
		const batch = Array.from({length: Math.min(8, idleCount - started)}, (_, index) => `idle-${started + index + 1}`);
		await Promise.all(batch.map(name => runContainer(bench, {name, image: images.tools, logs: 'null'})));
	}
};
