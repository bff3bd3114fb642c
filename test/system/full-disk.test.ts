import {spawnSync} from 'node:child_process';
import {closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statfsSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from 'vitest';
import {until} from '../../scripts/lab/processes.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {type ComposeLab, createComposeLab, whyNoProjects} from './compose-lab.ts';

const reason = whyNoProjects();
let machine: ComposeLab;
let folder: string;

const gantry = (...args: readonly string[]) => machine.gantry(folder, ...args);
const well = (...args: readonly string[]): string => {
	const {code, out, err} = gantry(...args);
	expect(code, err).toBe(0);
	return out;
};

const ballast = (): string => join(machine.lab.dataRoot, 'ballast');

/** Everything that is free is taken, but for so many bytes. */
const fill = (leave = 0): void => {
	const fd = openSync(ballast(), 'a');
	const {bavail, bsize} = statfsSync(machine.lab.dataRoot);
	const page = Buffer.alloc(bsize);
	for (let left = bavail * bsize - leave; left >= bsize; left -= bsize) writeSync(fd, page);
	closeSync(fd);
};
const makeRoom = (): void => rmSync(ballast(), {force: true});

const left = () => {
	const {containers, tasks, snapshots, leases, rules, names, states, hosts, volumes} = machine.leftovers();
	return {containers, tasks, snapshots, leases, rules, names, states, hosts, volumes};
};
const nothing = {containers: [], tasks: [], snapshots: [], leases: [], rules: [], names: [], states: [], hosts: [], volumes: []};

type Entry = {readonly log: string; readonly stream: string};

vi.setConfig({testTimeout: 120_000});

describe.skipIf(reason !== undefined)(titled('a data root on a disk that is full', reason), () => {
	beforeAll(async () => {
		machine = await createComposeLab();
		folder = machine.project('work', {});
		mkdirSync(folder, {recursive: true});
		mkdirSync(machine.lab.dataRoot, {recursive: true});
		// Goes with the lab, whoever takes that down.
		spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', machine.lab.dataRoot]);
		// The programs that a container starts are there once.
		well('run', '--rm', '--net', 'none', machine.image, 'true');
	});
	afterAll(async () => machine?.stop());
	afterEach(() => {
		makeRoom();
		expect(left()).toEqual(nothing);
	});

	test('the log: who writes goes on, no half line stays, what is missing is counted, and with room it goes on', async () => {
		const id = well('run', '-d', '--name', 'writer', '--net', 'none', '--stop-signal', 'KILL', machine.image, 'sh', '-c', 'while [ ! -e /go ]; do sleep 0.1; done; seq 1 20000; touch /done; while [ ! -e /again ]; do sleep 0.1; done; seq 20001 20010; sleep 1000');
		fill(40_000);
		well('exec', 'writer', 'touch', '/go');
		// It is not blocked: what it says is more than a pipe takes.
		expect(await until(() => gantry('exec', 'writer', 'test', '-e', '/done').code === 0, 20_000)).toBe(true);
		const hash = readdirSync(machine.lab.dataRoot).find(name => /^[0-9a-f]{8}$/.test(name))!;
		const path = join(machine.lab.dataRoot, hash, 'containers', machine.namespace, id, `${id}-json.log`);
		const text = readFileSync(path, 'utf8');
		expect(text.endsWith('\n')).toBe(true);
		const kept = text.trimEnd().split('\n').map(line => (JSON.parse(line) as Entry).log);
		expect(kept).toEqual(kept.map((_, at) => `${at + 1}\n`));
		expect(kept.length).toBeGreaterThan(100);
		expect(kept.length).toBeLessThan(20_000);
		expect(well('logs', 'writer').split('\n')).toHaveLength(kept.length);
		makeRoom();
		well('exec', 'writer', 'touch', '/again');
		expect(await until(() => readFileSync(path, 'utf8').includes('"20010\\n"'), 20_000)).toBe(true);
		const {out, err} = gantry('logs', 'writer');
		expect(out.split('\n')).toEqual([...kept.map(line => line.trim()), ...Array.from({length: 10}, (_, at) => String(20_001 + at))]);
		expect(err).toBe(`[gantry: ${20_000 - kept.length} log lines could not be written]`);
		expect(well('ps', '--format', '{{.Names}} {{.Status}}')).toMatch(/^writer Up/);
		well('rm', '-f', 'writer');
	});

	test('run and create say so in one sentence wherever the room ends, and leave nothing', () => {
		const network = `${machine.name}full`;
		well('network', 'create', '--subnet', '10.68.0.0/24', network);
		const call = (verb: string, pages: number) => {
			fill(pages * 4096);
			const flags = ['--name', 'late', '--net', network, '-p', '127.0.0.1:18068:80', '-v', 'data:/data', '--pull', 'never'];
			const ran = gantry(verb, ...(verb === 'run' ? ['-d'] : []), ...flags, machine.image, 'sleep', '1000');
			makeRoom();
			if (ran.code === 0) well('rm', '-f', 'late');
			else {
				expect(ran).toMatchObject({code: 1, out: ''});
				expect(ran.err).toMatch(/^Could not (run|create) late: no space is left on the disk \((write|make) [^\n]+\)( — make room on that disk, and try again)?$/);
				expect(left()).toEqual(nothing);
			}
			const kept = left();
			if ((kept.volumes?.length ?? 0) > 0) well('volume', 'rm', 'data');
			expect(left()).toEqual(nothing);
			return ran.code;
		};
		const codes = [0, 1, 2, 4, 5, 7, 8, 10, 12, 15].map(pages => call('run', pages));
		expect(codes[0]).toBe(1);
		expect(codes.filter(code => code === 1).length).toBeGreaterThan(4);
		expect(codes.at(-1)).toBe(0);
		expect([0, 3].map(pages => call('create', pages))).toEqual([1, 1]);
		well('network', 'rm', network);
	});

	test('one that was made before can be started, stopped and removed', () => {
		const network = `${machine.name}kept`;
		well('network', 'create', '--subnet', '10.69.0.0/24', network);
		well('create', '--name', 'later', '--net', network, machine.image, 'sleep', '1000');
		well('run', '-d', '--name', 'peer', '--net', network, '--stop-signal', 'KILL', machine.image, 'sleep', '1000');
		const hostsOfPeer = well('exec', 'peer', 'cat', '/etc/hosts');
		fill();
		const ran = gantry('start', 'later');
		expect(ran).toMatchObject({code: 1, out: '', err: expect.stringMatching(/^Could not start later: no space is left on the disk \(write a file that the container needs\)$/)});
		expect(well('exec', 'peer', 'cat', '/etc/hosts')).toBe(hostsOfPeer);
		makeRoom();
		well('start', 'later');
		fill();
		well('stop', '-t', '0', 'later');
		well('rm', 'later');
		well('rm', '-f', 'peer');
		makeRoom();
		well('network', 'rm', network);
	});
});
