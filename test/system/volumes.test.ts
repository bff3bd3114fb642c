import {execFileSync} from 'node:child_process';
import {chownSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {busyboxImage} from '../../scripts/lab/busybox.ts';
import {runContainer} from '../../scripts/lab/container.ts';
import {type LabContainerd, startContainerd} from '../../scripts/lab/containerd.ts';
import {containerdVersions} from '../../scripts/lab/find-containerd.ts';
import {importImage, topChainId} from '../../scripts/lab/import.ts';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {createHost, type Host} from '../../source/clients/host/index.ts';
import {messageOf} from '../../source/errors.ts';
import type {MountRequest} from '../../source/model/create-request.ts';
import {mountLabels} from '../../source/model/mount-labels.ts';
import {createVolumes, type MountsRequest, type VolumesService} from '../../source/services/volumes/index.ts';

const image = busyboxImage('docker.io/lab/volumes:1');
const namespace = 'volumes';
const snapshotter = 'overlayfs';

let lab: LabContainerd;
let containerd: Containerd;
let host: Host;
let volumes: VolumesService;

const mountsOfMachine = (): readonly string[] => readFileSync('/proc/self/mounts', 'utf8').split('\n').filter(line => line.includes(lab.dir));
const ask = (changes: Partial<MountsRequest>): MountsRequest => ({namespace, requests: [], volumesFrom: [], imageVolumes: [], ...changes});
const mount = (changes: Partial<MountRequest>): MountRequest => ({type: 'volume', source: '', target: '/data', readOnly: false, makeSource: false, options: [], ...changes});
const names = async (): Promise<readonly string[]> => (await volumes.list(namespace)).map(({name}) => name);
const messageFrom = async (work: Promise<unknown>): Promise<string> => work.then(() => 'nothing', messageOf);

/** A container's snapshot with what is hard to copy at `/data`. */
const prepared = async (key: string): Promise<{readonly snapshotter: string; readonly key: string}> => {
	const mounts = await containerd.snapshots.prepare(namespace, snapshotter, {key, parent: topChainId(image), labels: {'containerd.io/gc.root': 'yes'}});
	await host.withMounts(mounts, async root => {
		mkdirSync(join(root, 'data/sub'), {recursive: true});
		writeFileSync(join(root, 'data/sub/file'), 'hello', {mode: 0o640});
		chownSync(join(root, 'data/sub/file'), 1234, 4321);
		chownSync(join(root, 'data'), 1234, 4321);
		linkSync(join(root, 'data/sub/file'), join(root, 'data/again'));
		symlinkSync('/etc/passwd', join(root, 'data/link'));
		utimesSync(join(root, 'data/sub/file'), 1000, 1000);
		execFileSync('mkfifo', [join(root, 'data/pipe')]);
		symlinkSync('/data', join(root, 'elsewhere'));
		symlinkSync('../../../../../../../..//proc/1/root/etc', join(root, 'escape'));
	});
	return {snapshotter, key};
};

for (const version of containerdVersions) {
	const reason = whyNoContainers(version);
	describe.skipIf(reason !== undefined)(titled(`volumes on containerd ${version}`, reason), () => {
		beforeAll(async () => {
			lab = await startContainerd({version});
			containerd = createContainerd({address: lab.address});
			host = createHost({address: lab.address, dataRoot: lab.dataRoot});
			volumes = createVolumes({containerd, host});
			await importImage(containerd, namespace, image);
		});

		afterAll(async () => {
			containerd?.close();
			await lab?.stop();
		});

		test('are made in the format of nerdctl, listed, and removed', async () => {
			const {volume, created} = await volumes.create(namespace, {name: 'db', labels: {who: 'me'}});
			expect(created).toBe(true);
			expect(readFileSync(join(volume.path, '../volume.json'), 'utf8')).toBe('{\n    "labels": {\n        "who": "me"\n    }\n}');
			expect((await volumes.create(namespace, {name: 'db', labels: {who: 'you'}})).volume).toEqual(volume);
			const anonymous = await volumes.create(namespace, {});
			expect(anonymous.volume).toMatchObject({isAnonymous: true, name: expect.stringMatching(/^[0-9a-f]{64}$/)});
			expect(await names()).toEqual([anonymous.volume.name, 'db'].sort());
			expect(statSync(volume.path).mode & 0o777).toBe(0o700);
			for (const bad of ['', 'x', '../x', 'a/b', '.hidden']) expect(await messageFrom(volumes.create(namespace, {name: bad})), bad).toMatch(/can not be the name/);
			writeFileSync(join(volume.path, 'big'), Buffer.alloc(100_000));
			expect(await volumes.size(volume)).toBe(100_000);
			expect(await volumes.prune(namespace)).toEqual({done: [anonymous.volume.name], failed: []});
			await volumes.remove(namespace, 'db');
			expect(await messageFrom(volumes.remove(namespace, 'db'))).toMatch(/no volume of this name/);
			expect(await names()).toEqual([]);
		});

		test('are filled from the image at their first mount, with everything that cp can lose', async () => {
			const snapshot = await prepared('fill');
			const resolved = await volumes.resolveMounts(ask({requests: [mount({source: 'filled'})], imageVolumes: ['/elsewhere', '/data/', '/nowhere', '/escape'], snapshot}));
			await resolved.keep();
			const {path} = await volumes.get(namespace, 'filled');
			expect(readdirSync(path).sort()).toEqual(['again', 'link', 'pipe', 'sub']);
			const file = lstatSync(join(path, 'sub/file'));
			expect([file.uid, file.gid, file.mode & 0o7777, file.mtimeMs, file.nlink, file.ino]).toEqual([1234, 4321, 0o640, 1_000_000, 2, lstatSync(join(path, 'again')).ino]);
			expect(readlinkSync(join(path, 'link'))).toBe('/etc/passwd');
			expect(lstatSync(join(path, 'pipe')).isFIFO()).toBe(true);
			expect([statSync(path).uid, statSync(path).mode & 0o777]).toEqual([1234, 0o755]);
			expect(resolved.mounts.map(({destination}) => destination)).toEqual(['/data', '/elsewhere', '/escape', '/nowhere']);
			expect(resolved.anonymousVolumes).toHaveLength(3);
			const at = (target: string): string => resolved.points.find(({Destination}) => Destination === target)?.Source ?? '';
			expect(readdirSync(at('/elsewhere')).sort()).toEqual(['again', 'link', 'pipe', 'sub']);
			// What climbs out of the image is stopped at its root: its own /etc does not hold what the machine's does.
			expect(readdirSync(at('/escape'))).not.toContain('debian_version');
			expect(readdirSync(at('/nowhere'))).toEqual([]);

			writeFileSync(join(path, 'sub/file'), 'changed');
			const again = await volumes.resolveMounts(ask({requests: [mount({source: 'filled'})], snapshot}));
			await again.undo();
			expect(readFileSync(join(path, 'sub/file'), 'utf8')).toBe('changed');
			expect(mountsOfMachine()).toEqual([]);
			expect((await volumes.prune(namespace, {all: true})).done).toHaveLength(4);
			await containerd.snapshots.remove(namespace, snapshotter, 'fill');
		});

		test('a creation that fails takes back what it made, and nothing else', async () => {
			await volumes.create(namespace, {name: 'mine'});
			const made = join(lab.dir, 'made/for/it');
			const there = join(lab.dir, 'there');
			mkdirSync(there);
			const requests = [mount({source: 'mine', target: '/m'}), mount({source: 'new', target: '/n'}), mount({target: '/a'}), mount({type: 'bind', source: made, target: '/b', makeSource: true}), mount({type: 'bind', source: there, target: '/c', makeSource: true})];
			const resolved = await volumes.resolveMounts(ask({requests}));
			expect(await names()).toHaveLength(3);
			expect(existsSync(made)).toBe(true);
			await resolved.undo();
			expect(await names()).toEqual(['mine']);
			expect([existsSync(join(lab.dir, 'made')), existsSync(there)]).toEqual([false, true]);

			const missing = mount({type: 'bind', source: join(lab.dir, 'missing'), target: '/z'});
			expect(await messageFrom(volumes.resolveMounts(ask({requests: [...requests, missing]})))).toMatch(/Could not mount .*missing at \/z: .*missing is not there/);
			expect(await names()).toEqual(['mine']);
			expect(existsSync(join(lab.dir, 'made'))).toBe(false);
			expect(await messageFrom(volumes.resolveMounts(ask({requests: [mount({type: 'image', source: 'app:1'})]})))).toMatch(/images can not be mounted here/);
			const refused = volumes.resolveMounts(ask({requests: [mount({source: 'new'})], snapshot: {snapshotter, key: 'none'}}));
			expect(await messageFrom(refused)).not.toBe('nothing');
			// The lock was given back each time, or this would wait for half a minute.
			await volumes.remove(namespace, 'mine');
		});

		test('what a container mounts stays, and another may take it over', async () => {
			const resolved = await volumes.resolveMounts(ask({requests: [mount({source: 'kept'}), mount({type: 'tmpfs', target: '/t'}), mount({type: 'bind', source: lab.dir, target: '/b'})]}));
			const pruning = volumes.prune(namespace, {all: true});
			const ref = await runContainer({lab, containerd}, {image, namespace, name: 'keeper', isStarted: false, labels: mountLabels(resolved.points)});
			await resolved.keep();
			expect(await pruning).toEqual({done: [], failed: []});
			expect(await volumes.users(namespace)).toEqual(new Map([['kept', [{namespace, id: ref.id}]]]));
			expect(await messageFrom(volumes.remove(namespace, 'kept'))).toBe(`Could not remove volume kept: it is in use by ${ref.id.slice(0, 12)}`);

			const taken = await volumes.resolveMounts(ask({requests: [mount({type: 'tmpfs', target: '/t', options: ['size=1m']})], volumesFrom: ['keeper:ro']}));
			await taken.keep();
			const kept = await volumes.get(namespace, 'kept');
			expect(taken.mounts).toEqual([
				{destination: '/t', type: 'tmpfs', source: 'tmpfs', options: ['noexec', 'nosuid', 'nodev', 'size=1m']},
				{destination: '/data', type: 'bind', source: kept.path, options: ['rbind', 'ro']},
				{destination: '/b', type: 'bind', source: lab.dir, options: ['rbind', 'ro', 'rprivate']},
			]);
			expect(taken.points.map(({Name, RW}) => [Name, RW])).toEqual([['', true], ['kept', false], ['', false]]);
			expect(await messageFrom(volumes.resolveMounts(ask({volumesFrom: ['nobody']})))).toMatch(/take the volumes of nobody/);
			expect(await messageFrom(volumes.resolveMounts(ask({volumesFrom: ['keeper:rx']})))).toMatch(/CONTAINER\[:ro\|rw\]/);
			await containerd.containers.remove(ref);
			await volumes.remove(namespace, 'kept');
		});

		test('an image can be mounted, and its view goes when nothing comes of it', async () => {
			const imageChain = async () => ({snapshotter, chainId: topChainId(image)});
			const resolved = await volumes.resolveMounts(ask({requests: [mount({type: 'image', source: 'volumes:1', target: '/image'})], imageChain}));
			expect(resolved.mounts).toMatchObject([{destination: '/image', options: expect.arrayContaining(['ro'])}]);
			expect(await containerd.snapshots.stat(namespace, snapshotter, resolved.imageViews[0] ?? '')).toMatchObject({kind: 'view'});
			await resolved.undo();
			expect(await messageFrom(containerd.snapshots.stat(namespace, snapshotter, resolved.imageViews[0] ?? ''))).not.toBe('nothing');
		});
	});
}
