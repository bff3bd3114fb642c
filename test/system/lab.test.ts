import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import pty from '@lydell/node-pty';
import {describe, expect, test} from 'vitest';
import {busyboxImage, scriptsLayer} from '../../scripts/lab/busybox.ts';
import {cgroupFolders} from '../../scripts/lab/cgroups.ts';
import {runContainer} from '../../scripts/lab/container.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {containerdVersions} from '../../scripts/lab/find-containerd.ts';
import {importImage} from '../../scripts/lab/import.ts';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {isAlive, processesUnder, until} from '../../scripts/lab/processes.ts';
import {mountsUnder} from '../../scripts/lab/remove.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';

const namespace = 'lab';
const image = busyboxImage('localhost/lab/app:1', {
	extraLayers: [scriptsLayer({'app/run.sh': '#!/bin/sh\necho started\nexec sleep 1000\n'})],
	settings: {command: ['/app/run.sh'], labels: {made: 'here'}},
});

/** Everything a lab could leave on the machine. */
const remains = ({dir, cgroup}: Pick<LabContainerd, 'dir' | 'cgroup'>) => ({
	folder: existsSync(dir),
	mounts: mountsUnder(dir),
	processes: processesUnder(dir).filter(isAlive),
	cgroups: cgroupFolders(cgroup),
});

const nothing = {folder: false, mounts: [], processes: [], cgroups: []};

const withLab = async (version: (typeof containerdVersions)[number] | undefined, use: (lab: LabContainerd, containerd: Containerd) => Promise<void>): Promise<LabContainerd> => {
	const lab = await startContainerd(version === undefined ? {} : {version});
	const containerd = createContainerd({address: lab.address});
	try {
		await use(lab, containerd);
	} finally {
		containerd.close();
		await lab.stop();
	}

	return lab;
};

const says = async (path: string, text: string): Promise<boolean> => until(() => existsSync(path) && readFileSync(path, 'utf8').includes(text), 10_000);

for (const version of containerdVersions) {
	const reason = whyNoContainers(version);
	describe.skipIf(reason !== undefined)(titled(`a private containerd ${version}`, reason), () => {
		test('runs an image made from nothing, keeps its log, and leaves nothing behind', async () => {
			const lab = await withLab(version, async (running, containerd) => {
				await importImage(containerd, namespace, image);
				const bench = {lab: running, containerd};
				const [talker, raw, sleeper] = await Promise.all([
					runContainer(bench, {image, namespace, name: 'talker'}),
					runContainer(bench, {image, namespace, name: 'raw', logs: {file: `${running.dir}/logs/raw.log`}}),
					runContainer(bench, {image, namespace, name: 'sleeper', logs: 'null'}),
				]);
				await containerd.tasks.pause(sleeper);
				expect(await says(talker.logPath!, '"log":"started\\n","stream":"stdout"')).toBe(true);
				expect(await says(raw.logPath!, 'started\n')).toBe(true);
				expect((await containerd.containers.get(talker)).labels).toMatchObject({made: 'here', 'nerdctl/name': 'talker', 'nerdctl/networks': '["none"]'});
				expect((await containerd.tasks.find(sleeper))?.status).toBe('paused');
				expect(remains(running).mounts.length).toBeGreaterThanOrEqual(3);
				expect(remains(running).cgroups.length).toBeGreaterThanOrEqual(3);
			});
			expect(remains(lab)).toEqual(nothing);
		});

		test('the daemon dies and comes back; its containers never noticed, and a deleted task ends its logger', async () => {
			const lab = await withLab(version, async (running, containerd) => {
				await importImage(containerd, namespace, image);
				const container = await runContainer({lab: running, containerd}, {image, namespace, name: 'survivor'});
				await running.restart();
				expect(await until(async () => (await containerd.tasks.find(container).catch(() => undefined))?.status === 'running', 10_000)).toBe(true);
				const loggers = () => processesUnder(`${running.dataRoot}/gantry`).filter(isAlive);
				// The shell that holds its streams, and the keeper that writes its log.
				expect(loggers()).toHaveLength(2);
				await containerd.tasks.kill(container, 9);
				await containerd.tasks.wait(container);
				await containerd.tasks.delete(container);
				expect(await until(() => loggers().length === 0, 10_000)).toBe(true);
			});
			expect(remains(lab)).toEqual(nothing);
		});
	});
}

const reason = whyNoContainers();

test.skipIf(reason !== undefined)(titled('a lab whose owner is killed outright is taken down all the same', reason), async () => {
	const module = fileURLToPath(new URL('../../scripts/lab/containerd.ts', import.meta.url));
	const program = `const {startContainerd} = await import(${JSON.stringify(module)});
		const {dir, cgroup} = await startContainerd();
		console.log(JSON.stringify({dir, cgroup}));
		setInterval(() => {}, 1000);`;
	const owner = spawn(process.execPath, ['--input-type=module', '--eval', program], {stdio: ['ignore', 'pipe', 'inherit']});
	const [line] = (await owner.stdout.take(1).toArray()) as [Buffer];
	const lab = JSON.parse(line.toString()) as {readonly dir: string; readonly cgroup: string};
	expect(existsSync(`${lab.dir}/containerd.sock`)).toBe(true);
	owner.kill('SIGKILL');
	expect(await until(() => !existsSync(lab.dir), 10_000)).toBe(true);
	expect(await until(() => processesUnder(lab.dir).length === 0, 5000)).toBe(true);
	expect(remains(lab)).toEqual(nothing);
});

test.skipIf(reason !== undefined)(titled('what a person started at a terminal is asked to go, not killed', reason), async () => {
	let ended: Promise<number> | undefined;
	const lab = await withLab(undefined, async ({dir}) => {
		const started = pty.spawn('sh', ['-c', 'trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done', 'sh', `${dir}/containerd.sock`], {});
		ended = new Promise(resolve => started.onExit(({exitCode}) => resolve(exitCode)));
		await new Promise<void>(resolve => started.onData(text => (text.includes('ready') ? resolve() : undefined)));
	});
	expect(await ended).toBe(7);
	expect(remains(lab)).toEqual(nothing);
});
