import {copyFileSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {type LabBuilder, startDockerd, whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {type ComposeLab, createComposeLab, whyNoProjects} from '../system/compose-lab.ts';
import {openPty, type Pty} from './pty.ts';

const reason = whyNoProjects();

/** Published in a network of its own, but CNI's memory of ports is the machine's. */
const port = 20_000 + (process.pid % 10_000);

let machine: ComposeLab;
let folder: string;

const text = (name: string): string => `
name: ${name}
services:
  db:
    image: lab/compose:1
    command: [sh, -c, "trap 'exit 0' TERM; touch /data/ready; while :; do echo stored; sleep 0.3; done"]
    volumes: ["data:/data"]
    healthcheck: {test: test -e /data/ready, interval: 200ms, timeout: 5s, retries: 50}
  web:
    image: lab/compose:1
    command: [sh, -c, "trap 'exit 0' TERM; while :; do echo hello; sleep 0.3; done"]
    depends_on: {db: {condition: service_healthy}}
    ports: ["127.0.0.1:${port}:80"]
volumes: {data: }
`;

vi.setConfig({testTimeout: 90_000});

const long = 40_000;

const noBuilds = reason ?? whyNoBuilds();

const built = (name: string): string => `
name: ${name}b
services:
  app: {build: ., network_mode: none}
`;

describe.skipIf(reason !== undefined)(titled('the compose pane on a real containerd', reason), () => {
	beforeAll(async () => {
		machine = await createComposeLab();
		folder = machine.project('pane', {'compose.yaml': text(machine.name)});
	}, 60_000);

	afterAll(async () => machine?.stop());

	const open = async (...args: readonly string[]): Promise<Pty> => {
		const [program, ...words] = machine.words(folder);
		const screen = openPty(program, [...words, ...args], {environment: {EDITOR: 'sed -i s/hello/goodbye/'}});
		await screen.until(/containerd \d/);
		screen.type('3');
		await screen.until(new RegExp(`▾ ${machine.name} `));
		screen.type('g');
		return screen;
	};

	test('a project comes up, is looked at and into, is edited, and goes down with nothing left', async () => {
		const {name} = machine;
		const screen = await open();
		await screen.until(new RegExp(`${name} +0/2 create 2`));

		screen.type('u');
		await screen.until(`Bring ${name} up?`);
		expect(screen.text()).toContain(`create network ${name}_default: it is not there`);
		expect(screen.text()).toContain('wait for db (healthy): others depend on it');
		expect(machine.leftovers()['containers']).toEqual([]);
		screen.type('y');
		await screen.until(new RegExp(`${name} +2/2 up to date`), long);
		// The line of jobs counted the operations while they ran.
		expect(/\d of 7: /.test(screen.raw())).toBe(true);

		await screen.until(`127.0.0.1:${port}->80/tcp`);
		screen.type('l');
		await screen.until((now) => new RegExp(`${name}-db-1.*stored`).test(now) && new RegExp(`${name}-web-1.*hello`).test(now));
		screen.type('\u001B');
		// A key of the list: the log's own leave it no room.
		await screen.until('D down');

		await screen.until(/● web/);
		screen.type('jj');
		await screen.until(`${name}/web ──`);
		screen.type('e');
		await screen.until('exit to return');
		screen.type('echo in-$((20+3))\rexit\r');
		await screen.until((now) => now.includes(`${name}/web ──`));
		expect(screen.raw().includes('in-23')).toBe(true);

		screen.type('gE');
		await screen.until(`Bring ${name} up?`);
		expect(readFileSync(join(folder, 'compose.yaml'), 'utf8')).toContain('goodbye');
		expect(screen.text()).toContain(`remove container ${name}-web-1: its service has changed`);
		expect(screen.text()).not.toContain(`${name}-db-1:`);
		screen.type('n');
		// The line is there behind the question, too: what is typed before that is gone would not meet the next one.
		await screen.until((now) => !now.includes(`Bring ${name} up?`) && new RegExp(`${name} +2/2 remake 1`).test(now));
		screen.type('u');
		await screen.until(`Bring ${name} up?`);
		screen.type('y');
		await screen.until(new RegExp(`${name} +2/2 up to date`), long);

		screen.type('D');
		await screen.until('Its volumes, too');
		screen.type('v');
		await screen.until(`remove volume ${name}_data`);
		screen.type('y');
		await screen.until(`${name} is down`, long);
		screen.type('q');
		await screen.exited;
		for (const [what, left] of Object.entries(machine.leftovers())) expect(left, what).toEqual([]);
	});

	test('--readonly looks, and changes nothing', async () => {
		const screen = await open('--readonly');
		await screen.until(/create 2/);
		screen.type('u');
		await screen.until('gantry runs with --readonly');
		screen.type('q');
		await screen.exited;
		expect(machine.leftovers()['networks']).toEqual([]);
	});
});

describe.skipIf(noBuilds !== undefined)(titled('a project that is built', noBuilds), () => {
	let builder: LabBuilder;

	beforeAll(async () => {
		machine = await createComposeLab({
			env: async (lab) => {
				builder = await startDockerd(lab, {namespace: 'builder'});
				return {BUILDKIT_HOST: builder.address};
			},
		});
		folder = machine.project('built', {'compose.yaml': built(machine.name), said: 'first\n'});
		copyFileSync('/bin/busybox', join(folder, 'busybox'));
		writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY busybox /bin/sh\nCOPY said /said\nSTOPSIGNAL KILL\nCMD ["/bin/sh", "-c", "while read -r line; do echo $line; done < /said; sleep 1000"]\n');
	}, 80_000);

	afterAll(async () => {
		await builder?.stop();
		await machine?.stop();
	});

	test('is built on the way up, and R builds it again and runs the new image', async () => {
		const name = `${machine.name}b`;
		const [program, ...words] = machine.words(folder);
		const screen = openPty(program, words);
		await screen.until(/containerd \d/);
		screen.type('3');
		await screen.until(new RegExp(`▾ ${name} +0/1 build 1, create 1`));
		screen.type('u');
		await screen.until(`build image ${name}-app: it is not here`);
		screen.type('y');
		await screen.until(new RegExp(`${name} +1/1 up to date`), long);
		screen.type('l');
		await screen.until('first');
		screen.type('\u001B');
		await screen.until('D down');
		writeFileSync(join(folder, 'said'), 'second\n');
		screen.type('gR');
		await screen.until(`Rebuild ${name}?`);
		screen.type('y');
		await screen.until(`Rebuilt ${name}`, 25_000);
		await screen.until('second');
		screen.type('q');
		await screen.exited;
	});
});
