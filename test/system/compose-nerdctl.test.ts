import {existsSync, readdirSync, rmSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from 'vitest';
import {titled} from '../../scripts/lab/possible.ts';
import {type ComposeLab, createComposeLab, type Ran, whyNoProjects} from './compose-lab.ts';

/** The judge: GANTRY_TEST_NERDCTL, or `nerdctl` on PATH. */
const nerdctl = [process.env['GANTRY_TEST_NERDCTL'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, 'nerdctl'))].find(path => path !== '' && existsSync(path));

const reason = whyNoProjects() ?? (nerdctl === undefined ? 'nerdctl is neither on PATH nor named by GANTRY_TEST_NERDCTL' : undefined);

let machine: ComposeLab;
let folder: string;
let name: string;

const serving = (word: string): string => `[sh, -c, "echo ${word} starts; mkdir /www; echo ${word} > /www/index.html; exec httpd -f -p 80 -h /www"]`;

const text = (project: string, more = ''): string => `
name: ${project}
services:
  db: {image: "lab/compose:1", command: ${serving('db')}, stop_signal: KILL, volumes: ["data:/data"], networks: [back]}
  web: {image: "lab/compose:1", command: ${serving('web')}, stop_signal: KILL, depends_on: [db], networks: [front, back], ports: ["127.0.0.1:18070:80"], secrets: [token]}
${more}
networks: {front: , back: }
volumes: {data: }
secrets: {token: {file: ./token}}
`;

/** What a program prints, with exit code 0 or the test shows what it said. */
const well = ({code, out, err}: Ran): string => {
	expect(code, err).toBe(0);
	return out;
};
const ours = (...args: readonly string[]): string => well(machine.gantry(folder, 'compose', ...args));
const theirs = (...args: readonly string[]): string => well(machine.other(nerdctl ?? '', folder, 'compose', ...args));

const sorted = (out: string): readonly string[] => out.split('\n').sort();

/** What it answers to each question that both programs understand. */
const looks = (ask: (...args: readonly string[]) => string): Readonly<Record<string, unknown>> => ({
	ids: sorted(ask('ps', '-q')),
	services: sorted(ask('ps', '--services')),
	words: ask('logs', '--no-color').match(/\w+ starts/g)?.sort(),
	port: ask('port', 'web', '80'),
	secret: ask('exec', '-T', 'web', 'cat', '/run/secrets/token'),
	hostname: ask('exec', '-T', 'db', 'hostname'),
	isServing: /httpd/.test(ask('top')),
	images: /lab\/compose/.test(ask('images')),
});

const states = (): readonly string[] => sorted(machine.gantry(folder, 'ps', '-a', '--format', '{{.Names}} {{.Status}}').out).map(line => line.replace(/ \(.*| \d+.*| Less.*| About.*/, ''));

vi.setConfig({testTimeout: 120_000});

describe.skipIf(reason !== undefined)(titled('one project, two programs', reason), () => {
	beforeAll(async () => {
		machine = await createComposeLab();
		({name} = machine);
		folder = machine.project('project', {'compose.yaml': text(name), token: 'hush'});
	});

	afterEach(() => {
		machine.project('project', {'compose.yaml': text(name)});
		machine.gantry(folder, 'compose', 'down', '-v', '--remove-orphans', '-t', '1');
	});

	afterAll(async () => {
		for (const network of machine?.leftovers()['addresses'] ?? []) rmSync(join('/var/lib/cni/networks', network), {recursive: true});
		await machine?.stop();
	});

	/** nerdctl leaves its default network, and the folder where the plugin kept a network's addresses, with none in it. */
	const nothingLeft = (): void => {
		const {containers, tasks, snapshots, leases, networks, bridges, addresses, volumes, hosts, states: folders} = machine.leftovers();
		const taken = (addresses ?? []).flatMap(network => readdirSync(join('/var/lib/cni/networks', network)).filter(file => /^[\d.]+$/.test(file)));
		expect({containers, tasks, snapshots, leases, volumes, hosts, folders, taken, networks: networks?.filter(file => file.includes(name)), bridges: bridges?.filter(line => !line.includes('nerdctl0'))}).toEqual({
			...{containers: [], tasks: [], snapshots: [], leases: [], volumes: [], hosts: [], folders: [], taken: [], networks: [], bridges: []},
		});
	};

	test('up here: nerdctl says the same of it, and leads its life to the end', () => {
		ours('up', '-d');
		const said = looks(ours);
		expect(said).toMatchObject({services: ['db', 'web'], words: ['db starts', 'web starts'], port: '127.0.0.1:18070', secret: 'hush', hostname: 'db', isServing: true, images: true});
		expect(looks(theirs)).toEqual(said);
		theirs('pause', 'web');
		expect(ours('ps', '-a', '--format', '{{.Service}} {{.State}}', 'web')).toBe('web paused');
		theirs('unpause', 'web');
		theirs('stop', '-t', '1');
		expect(states()).toEqual([`${name}-db-1 Exited`, `${name}-web-1 Exited`]);
		theirs('start');
		theirs('restart', '-t', '1');
		expect(states()).toEqual([`${name}-db-1 Up`, `${name}-web-1 Up`]);
		expect(machine.outside('/bin/busybox', 'wget', '-qO-', 'http://127.0.0.1:18070/')).toBe('web');
		theirs('down', '-v');
		nothingLeft();
	});

	test('up there: it says the same here, is planned, and leads its life to the end', () => {
		theirs('up', '-d');
		expect(looks(ours)).toEqual(looks(theirs));
		expect(ours('up', '--dry-run').split('\n')[0]).toBe(`#1 stop container ${name}-db-1: nerdctl made it, and hashes otherwise`);
		expect(ours('up', '--dry-run', '--no-recreate')).toBe(`${name}: there is nothing to do`);
		ours('pause', 'web');
		ours('unpause', 'web');
		ours('stop', '-t', '1');
		expect(states()).toEqual([`${name}-db-1 Exited`, `${name}-web-1 Exited`]);
		ours('start');
		ours('restart', '-t', '1');
		expect(states()).toEqual([`${name}-db-1 Up`, `${name}-web-1 Up`]);
		ours('down', '-v');
		nothingLeft();
	});

	test('a service that is added here finds those that were made there, and they find it', () => {
		theirs('up', '-d');
		machine.project('project', {'compose.yaml': text(name, `  more: {image: "lab/compose:1", command: ${serving('more')}, stop_signal: KILL, networks: [back]}`)});
		ours('up', '-d', '--no-recreate');
		expect(ours('exec', '-T', 'more', 'wget', '-qO-', `http://${name}-db-1/`)).toBe('db');
		expect(ours('exec', '-T', 'db', 'wget', '-qO-', `http://${name}-more-1/`)).toBe('more');
		expect(sorted(theirs('ps', '--services'))).toEqual(['db', 'more', 'web']);
		theirs('down', '-v');
		nothingLeft();
	});

	test('by turns: each makes the containers of the other anew, and none is there twice', () => {
		for (const up of [ours, theirs, ours, theirs]) {
			up('up', '-d');
			expect(states()).toEqual([`${name}-db-1 Up`, `${name}-web-1 Up`]);
		}
		ours('down', '-v');
		nothingLeft();
	});
});
