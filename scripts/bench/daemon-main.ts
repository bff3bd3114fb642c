/** The process behind `startDaemon`. */
import {startFakeContainerd} from '../../test/fakes/containerd.ts';
import type {ContainerRef} from '../../source/model/container.ts';
import {labels} from '../../source/model/labels.ts';
import type {DaemonOptions} from './daemon.ts';

const {containers, usage = 'still', status = 'running', projects, logs = []} = JSON.parse(process.argv[2] ?? '{}') as DaemonOptions;
const fake = await startFakeContainerd();
const beganAt = Date.now();
/** Half a day past three days: no age on the screen turns over while somebody measures. */
const createdAt = beganAt - 84 * 3_600_000;

type Running = {readonly ref: ContainerRef; cpuSeconds: number; megabytes: number};
const running: Running[] = [];

for (let index = 0; index < containers; index += 1) {
	const id = (index + 1).toString(16).padStart(12, '0').padEnd(64, 'a');
	const log = logs[index % logs.length];
	const ref = fake.addContainer({
		id,
		createdAt,
		status,
		usage: {cpu: 0, memoryBytes: 20_000_000 + index * 100_000},
		labels: {
			[labels.name]: `bench-${String(index + 1).padStart(4, '0')}`,
			[labels.namespace]: 'default',
			[labels.logConfig]: JSON.stringify(log === undefined ? {driver: 'none'} : {driver: 'json-file', opts: {'log-path': log}}),
			...(projects === undefined ? {} : {[labels.composeProject]: `project-${index % projects}`, [labels.composeService]: `service-${index}`}),
		},
	});
	running.push({ref, cpuSeconds: 0, megabytes: 20 + index / 10});
}

/** Between nothing and 30 % of a core, and a megabyte or two, different every second and the same in every run. */
const move = (second: number): void => {
	for (const [index, container] of running.entries()) {
		if (usage === 'some' && index % 5 !== 0) continue;
		const busy = ((index * 7919 + second * 104_729) % 300) / 1000;
		container.cpuSeconds += busy;
		container.megabytes += ((index + second) % 5) - 2;
		// The fake multiplies this by its age, so a share is what the counter should read now over that age.
		const age = (Date.now() - beganAt) / 1000;
		fake.setUsage(container.ref, {cpu: container.cpuSeconds / age, memoryBytes: Math.max(5, container.megabytes) * 1_000_000});
	}
};

if (usage !== 'still') {
	let second = 0;
	setInterval(() => {
		second += 1;
		move(second);
	}, 1000);
}

process.stdin.resume();
process.stdin.on('end', () => {
	void fake.stop().then(() => process.exit(0));
});
process.stdout.write(`${fake.address}\n`);
