import {copyFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {type LabBuilder, startDockerd, whyNoBuilds} from '../../scripts/lab/dockerd.ts';
import {titled} from '../../scripts/lab/possible.ts';
import {type ComposeLab, createComposeLab, whyNoProjects} from './compose-lab.ts';

const reason = whyNoProjects() ?? whyNoBuilds();

let machine: ComposeLab;
let builder: LabBuilder;
let folder: string;

const text = (name: string): string => `
name: ${name}
x-probe: &probe {interval: 200ms, timeout: 5s, retries: 50}
services:
  db:
    image: lab/compose:1
    command: [sh, -c, "trap 'exit 0' TERM; touch /data/ready; while :; do sleep 0.1; done"]
    volumes: ["data:/data"]
    networks: [back]
    healthcheck: {<<: *probe, test: [CMD, test, -e, /data/ready]}
  migrate:
    image: lab/compose:1
    command: [sh, -c, "test -e /data/ready && echo migrated > /data/state"]
    volumes: ["data:/data"]
    networks: [back]
    depends_on: {db: {condition: service_healthy}}
  api:
    build: ./api
    stop_signal: KILL
    secrets: [token]
    networks: {back: , front: {aliases: [service]}}
    volumes: ["data:/data:ro"]
    depends_on: {migrate: {condition: service_completed_successfully}}
    healthcheck: {<<: *probe, test: wget -qO- http://127.0.0.1:8000/state}
  web:
    image: lab/compose:1
    command: [sh, -c, "mkdir /www; wget -qO /www/index.html http://service:8000/state; exec httpd -f -p 80 -h /www"]
    stop_signal: KILL
    ports: ["127.0.0.1:18071:80"]
    networks: [front]
    depends_on: {api: {condition: service_healthy, restart: true}}
    healthcheck: {<<: *probe, test: "test \\"$$(wget -qO- http://localhost:80/)\\" = migrated"}
  worker:
    image: lab/compose:1
    command: [sh, -c, "trap 'exit 0' TERM; while :; do sleep 0.1; done"]
    networks: [back]
    depends_on: [db, api]
networks: {front: , back: {internal: true}}
volumes: {data: }
secrets: {token: {file: ./token}}
`;

const dockerfile = `FROM scratch
COPY busybox /bin/busybox
COPY busybox /bin/sh
COPY busybox /bin/wget
CMD ["/bin/busybox", "httpd", "-f", "-p", "8000", "-h", "/data"]
`;

const inside = (service: string, ...command: readonly string[]): string => {
	const {code, out, err} = machine.gantry(folder, 'exec', `${machine.name}-${service}-1`, ...command);
	return code === 0 ? out : `ended with ${code}: ${err}`;
};

vi.setConfig({testTimeout: 120_000});

describe.skipIf(reason !== undefined)(titled('five services with health checks, a build, a volume, a secret and two networks', reason), () => {
	beforeAll(async () => {
		machine = await createComposeLab({
			env: async lab => {
				builder = await startDockerd(lab, {namespace: 'builder'});
				return {BUILDKIT_HOST: builder.address};
			},
		});
		folder = machine.project('five', {'compose.yaml': text(machine.name), 'api/Dockerfile': dockerfile, token: 'hush'});
		copyFileSync('/bin/busybox', join(folder, 'api/busybox'));
	});

	afterAll(async () => {
		await builder?.stop();
		await machine?.stop();
	});

	test('come up in the order of what they wait for, and are healthy when up has waited', () => {
		const {code, err} = machine.gantry(folder, 'compose', 'up', '-d', '--wait');
		expect(code, err).toBe(0);
		const at = (what: string) => err.split('\n').findIndex(line => line.startsWith(what));
		const order = ['db: service healthy', `start container ${machine.name}-migrate-1`, 'migrate: service completed successfully', `start container ${machine.name}-api-1`, 'api: service healthy', `start container ${machine.name}-web-1`].map(at);
		expect(order, err).toEqual([...order].sort((one, other) => one - other));
		expect(order).not.toContain(-1);
		const {out} = machine.gantry(folder, 'compose', 'ps', '-a', '--format', '{{.Service}} {{.State}}');
		expect(out.split('\n')).toEqual(['api running', 'db running', 'migrate exited', 'web running', 'worker running']);
	});

	test('reach each other by the names of services and aliases, where they share a network', () => {
		for (const host of ['api', `${machine.name}-api-1`]) expect(inside('worker', 'wget', '-qO-', `http://${host}:8000/state`)).toBe('migrated');
		expect(inside('web', 'wget', '-qO-', 'http://service:8000/state')).toBe('migrated');
		expect(inside('worker', 'grep', '-cw', 'db', '/etc/hosts')).not.toBe('0');
		expect(inside('web', 'grep', '-w', 'db', '/etc/hosts')).toBe('ended with 1: ');
		expect(inside('api', '/bin/busybox', 'cat', '/run/secrets/token')).toBe('hush');
		expect(inside('api', '/bin/busybox', 'touch', '/data/no')).toContain('Read-only file system');
	});

	test('are reached from the machine by what they publish, and only there', () => {
		expect(machine.outside('/bin/busybox', 'wget', '-qO-', 'http://127.0.0.1:18071/')).toBe('migrated');
		expect(machine.outside('ss', '-Hlnt')).toContain('127.0.0.1:18071');
	});

	test('go down with nothing left but the images', () => {
		const {code, err} = machine.gantry(folder, 'compose', 'down', '-v');
		expect(code, err).toBe(0);
		expect(machine.leftovers()).toEqual(Object.fromEntries(Object.keys(machine.leftovers()).map(kind => [kind, []])));
		expect(machine.outside('ss', '-Hlnt')).toBe('');
	});

	test('come up a second time from the image that is there', () => {
		const {code, err} = machine.gantry(folder, 'compose', 'up', '-d', '--wait', '--timeout', '1');
		expect(code, err).toBe(0);
		expect(err).not.toContain('build image');
		expect(machine.gantry(folder, 'compose', 'down', '-v', '--rmi', 'local').code).toBe(0);
		expect(machine.gantry(folder, 'images', '--format', '{{.Repository}}').out).not.toContain('-api');
	});
});
