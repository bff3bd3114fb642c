import {chmodSync, copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from 'vitest';
import {type LabBuilder, startDockerd, whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {type ComposeLab, createComposeLab, type Ran, whyNoProjects} from './compose-lab.ts';

const reason = whyNoProjects() ?? whyNoBuilds();

let machine: ComposeLab;
let builder: LabBuilder;
/** Projects that a test brought up. */
let made: Array<{readonly folder: string; readonly name: string}> = [];

const staying = `[sh, -c, "trap 'exit 0' TERM; while :; do sleep 0.1; done"]`;

/** A project of its own: the services as YAML, with `IMAGE` for the image that is there. */
const project = (part: string, services: string, more = ''): {readonly folder: string; readonly name: string} => {
	const name = `${machine.name}${part}`;
	const folder = machine.project(part, {'compose.yaml': `name: ${name}\nservices:\n${services.replaceAll('IMAGE', 'image: "lab/compose:1"').replaceAll('STAYING', `command: ${staying}`)}\n${more}`});
	made.push({folder, name});
	return {folder, name};
};

const states = (folder: string): readonly string[] => machine.gantry(folder, 'compose', 'ps', '-a', '--format', '{{.Service}} {{.State}}').out.split('\n').filter(line => line !== '');

const lastLine = ({err}: Ran): string => err.split('\n').at(-1) ?? '';

vi.setConfig({testTimeout: 60_000});

describe.skipIf(reason !== undefined)(titled('a project in trouble', reason), () => {
	beforeAll(async () => {
		machine = await createComposeLab({
			env: async lab => {
				builder = await startDockerd(lab, {namespace: 'builder'});
				return {BUILDKIT_HOST: builder.address};
			},
		});
	});

	afterEach(() => {
		for (const {folder} of made) expect(machine.gantry(folder, 'compose', 'down', '-v', '--remove-orphans', '-t', '1')).toMatchObject({code: 0});
		made = [];
		expect(Object.entries(machine.leftovers()).filter(([, left]) => left.length > 0)).toEqual([]);
	});

	afterAll(async () => {
		await builder?.stop();
		await machine?.stop();
	});

	test('a port that another project has: told whose it is, and the rest of it stays as it was', () => {
		const [first, second] = ['first', 'second'].map(part => project(part, `  web: {IMAGE, STAYING, ports: ["127.0.0.1:18090:80"]}\n  other: {IMAGE, STAYING}`));
		expect(machine.gantry(first!.folder, 'compose', 'up', '-d')).toMatchObject({code: 0});
		const clash = machine.gantry(second!.folder, 'compose', 'up', '-d');
		expect(clash.code).toBe(1);
		expect(lastLine(clash)).toContain('18090');
		expect(lastLine(clash)).toContain(`${first!.name}-web-1`);
		expect(states(first!.folder)).toEqual(['other running', 'web running']);
		expect(states(second!.folder)).not.toContain('web running');
	});

	test('a service that never gets healthy: the time that was given, and what its probe said last', () => {
		const {folder, name} = project('sick', `  sick: {IMAGE, STAYING, network_mode: none, healthcheck: {test: "echo no luck; exit 3", interval: 100ms, retries: 1000, start_period: 1h}}`);
		const waited = machine.gantry(folder, 'compose', 'up', '--wait', '--wait-timeout', '5');
		expect(waited.code).toBe(1);
		expect(lastLine(waited)).toBe(`${name}-sick-1 is not healthy in time: its last probe ended with 3, and it said "no luck" — see why: logs ${name}-sick-1`);
		expect(states(folder)).toEqual(['sick running']);
	});

	test('a build that fails in the middle: its step is told, and nothing is made of it', () => {
		const {folder, name} = project('built', `  well: {build: {context: ., network: none, dockerfile_inline: "FROM scratch\\nCOPY busybox /bin/sh\\n"}, network_mode: none}\n  ill: {build: {context: ., network: none, dockerfile_inline: "FROM scratch\\nCOPY busybox /bin/sh\\nRUN exit 3\\n"}, network_mode: none}\n  later: {IMAGE, STAYING, network_mode: none, depends_on: [ill]}`);
		copyFileSync('/bin/busybox', join(folder, 'busybox'));
		const up = machine.gantry(folder, 'compose', 'up', '-d');
		expect(up.code).toBe(1);
		expect(lastLine(up)).toContain(`Could not build image ${name}-ill`);
		expect(lastLine(up)).toContain('exit code: 3');
		expect(states(folder).filter(line => line.startsWith('ill') || line === 'later running')).toEqual([]);
	});

	test('ctrl-c while it waits: what was begun stays as it is, and nothing else begins', async () => {
		const {folder} = project('stopped', `  slow: {IMAGE, STAYING, network_mode: none, healthcheck: {test: test -e /ready, interval: 200ms, retries: 10000}}\n  later: {IMAGE, STAYING, network_mode: none, depends_on: {slow: {condition: service_healthy}}}`);
		const up = machine.start(folder, 'compose', 'up', '-d');
		await expect.poll(() => states(folder), {timeout: 20_000}).toEqual(['later created', 'slow running']);
		up.child.kill('SIGINT');
		expect(await up.ended).toMatchObject({code: 130});
		expect(states(folder)).toEqual(['later created', 'slow running']);
		expect(machine.gantry(folder, 'exec', `${machine.name}stopped-slow-1`, 'touch', '/ready')).toMatchObject({code: 0});
		expect(machine.gantry(folder, 'compose', 'up', '-d')).toMatchObject({code: 0});
		expect(states(folder)).toEqual(['later running', 'slow running']);
	});

	test('ctrl-c while a start hangs: it is waited for, a second one ends up at once, and the next up mends it', async () => {
		const {folder, name} = project('hanging', `  web: {IMAGE, STAYING}\n  later: {IMAGE, STAYING, depends_on: [web]}`);
		const plugins = join(folder, 'plugins');
		mkdirSync(plugins);
		for (const plugin of readdirSync('/usr/lib/cni')) if (plugin !== 'bridge') symlinkSync(join('/usr/lib/cni', plugin), join(plugins, plugin));
		writeFileSync(join(plugins, 'bridge'), `#!/bin/sh\n[ "$CNI_COMMAND" = ADD ] || exec /usr/lib/cni/bridge\ntouch ${folder}/hangs\nwhile ! [ -e ${folder}/go ]; do sleep 0.1; done\nexec /usr/lib/cni/bridge\n`);
		chmodSync(join(plugins, 'bridge'), 0o755);
		const up = machine.start(folder, '--cni-path', plugins, 'compose', 'up', '-d');
		await expect.poll(() => readdirSync(folder), {timeout: 20_000}).toContain('hangs');
		up.child.kill('SIGINT');
		await expect.poll(up.said, {timeout: 20_000}).toContain(`warning: interrupted: nothing new begins, and what can not be left half-way is being finished: start container ${name}-web-1`);
		expect(up.child.exitCode).toBe(null);
		up.child.kill('SIGINT');
		await up.ended;
		expect(up.child.signalCode).toBe('SIGINT');
		writeFileSync(join(folder, 'go'), '');
		// containerd takes back what it was about to start, and until then refuses to start it again.
		await expect.poll(() => readdirSync(join(machine.lab.dir, 'state/io.containerd.runtime.v2.task', machine.namespace)), {timeout: 20_000}).toEqual([]);
		const again = machine.gantry(folder, 'compose', 'up', '-d');
		expect(again.code, again.err).toBe(0);
		expect(states(folder)).toEqual(['later running', 'web running']);
	});

	test('two at once: one waits, says so, and then finds nothing to do', async () => {
		const {folder, name} = project('both', `  slow: {IMAGE, STAYING, network_mode: none, healthcheck: {test: test -e /ready, interval: 200ms, retries: 10000}}`);
		const first = machine.start(folder, 'compose', 'up', '--wait');
		await expect.poll(() => states(folder), {timeout: 20_000}).toEqual(['slow running']);
		const second = machine.start(folder, 'compose', 'up', '-d');
		await expect.poll(second.said, {timeout: 20_000}).toBe(`warning: another program works on ${name}: waiting for it\n`);
		expect(machine.gantry(folder, 'exec', `${name}-slow-1`, 'touch', '/ready')).toMatchObject({code: 0});
		expect(await first.ended).toMatchObject({code: 0});
		expect(await second.ended).toEqual({code: 0, out: '', err: `warning: another program works on ${name}: waiting for it`});
	});
});
