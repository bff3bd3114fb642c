import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {titled, whyNoContainers} from '../../scripts/lab/possible.ts';
import {Sink} from '../commands/line/surroundings.ts';
import {type ComposeBench, composeImage, openComposeBench, staying} from './compose-bench.ts';

const reason = whyNoContainers();
let bench: ComposeBench;

vi.setConfig({testTimeout: 120_000});

const service = (command: string, more = ''): string => `{image: "${composeImage}", network_mode: none, command: ${command}${more}}`;
const says = (words: string, more = ''): string => service(`[/bin/sh, -c, "${words}"]`, more);

const write = (services: Readonly<Record<string, string>>): void =>
	bench.write('compose.yaml', `services:\n${Object.entries(services).map(([name, text]) => `  ${name}: ${text}\n`).join('')}`);

const lines = (text: string): readonly string[] => text.split('\n').filter(line => line !== '');

/** Ends each test with nothing left, so that the next one's logs are its own. */
const down = async () => bench.compose(['down', '-v', '--remove-orphans', '-t', '1']);

describe.skipIf(reason !== undefined)(titled('up with its logs, and logs', reason), () => {
	beforeAll(async () => {
		bench = await openComposeBench('logs');
	});

	afterAll(async () => bench?.stop());

	test('up shows what its containers say until the last one ends, each line with its container', async () => {
		write({one: says('echo first; echo wrong >&2'), second: says('echo other; exit 3', ', depends_on: {one: {condition: service_completed_successfully}}')});
		const {code, out, err} = await bench.compose(['up']);
		// As wide as the longest name of all that will speak. Each container tells its end after all that it said; what another says meanwhile is in no order with that.
		expect(lines(out).filter(line => line.startsWith('one'))).toEqual(['one-1     | first', 'one-1 exited with code 0']);
		expect(lines(out).filter(line => line.startsWith('second'))).toEqual(['second-1  | other', 'second-1 exited with code 3']);
		expect(lines(out)).toHaveLength(4);
		expect(lines(err).filter(line => line.includes(' | '))).toEqual(['one-1     | wrong']);
		expect(code).toBe(0);
	});

	test('and logs shows it again: together in the order of time, or of some, without names, the last lines, with times', async () => {
		expect(lines((await bench.compose(['logs'])).out)).toEqual(['one-1     | first', 'second-1  | other']);
		expect(await bench.compose(['logs', '--no-log-prefix', 'second'])).toEqual({code: 0, out: 'other\n', err: ''});
		expect((await bench.compose(['logs', '-t', '--no-log-prefix', 'second'])).out).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z other\n$/);
		expect((await bench.compose(['logs', '-n', '0'])).out).toBe('');
		expect((await bench.compose(['logs', '--since', '2099-01-01T00:00:00Z'])).out).toBe('');
		await down();
	});

	test('the end of one ends all, and the exit code is its own or that of another service', async () => {
		write({long: service(staying()), short: says('sleep 0.2; exit 7')});
		expect((await bench.compose(['up', '--abort-on-container-exit', '-t', '5'])).code).toBe(7);
		expect(Object.values(await bench.states())).toEqual(['exited', 'exited']);
		await down();
		expect((await bench.compose(['up', '--exit-code-from', 'long', '-t', '5'])).code).toBe(0);
		await down();
		write({long: says('sleep 0.6; echo done'), short: says('exit 0')});
		const {code, out} = await bench.compose(['up', '--abort-on-container-failure', '--no-attach', 'short']);
		expect({code, lines: lines(out)}).toEqual({code: 0, lines: ['long-1  | done', 'long-1 exited with code 0']});
		await down();
	});

	test('the first signal stops, the second one kills', async () => {
		write({polite: service(staying('here'))});
		const out = new Sink();
		const {promise: listening, resolve} = Promise.withResolvers<(name: string) => void>();
		const polite = bench.compose(['up'], {stdout: out, onListen: resolve});
		await expect.poll(() => out.text, {timeout: 20_000}).toContain('polite-1  | here');
		(await listening)('SIGINT');
		const {code, err} = await polite;
		expect({code, out: lines(out.text)}).toEqual({code: 130, out: ['polite-1  | here', 'polite-1 exited with code 0']});
		expect(err).toContain('stopping; once more kills\n');
		await down();

		write({deaf: says(`trap 'echo no' TERM; echo here; while :; do sleep 0.05; done`, ', stop_grace_period: 1h')});
		const [heard, second] = [new Sink(), Promise.withResolvers<(name: string) => void>()];
		const deaf = bench.compose(['up'], {stdout: heard, onListen: second.resolve});
		await expect.poll(() => heard.text, {timeout: 20_000}).toContain('deaf-1  | here');
		(await second.promise)('SIGTERM');
		await expect.poll(() => heard.text, {timeout: 20_000}).toContain('deaf-1  | no');
		(await second.promise)('SIGTERM');
		expect((await deaf).code).toBe(130);
		expect(lines(heard.text).at(-1)).toBe('deaf-1 exited with code 137');
		await down();
	});

	test('a signal while it waits for health stops what has started, and starts no more', async () => {
		write({sick: service(staying(), ', healthcheck: {test: "exit 1", interval: 100ms, retries: 1000}'), later: says('echo never', ', depends_on: {sick: {condition: service_healthy}}')});
		const second = Promise.withResolvers<(name: string) => void>();
		const coming = bench.compose(['up'], {onListen: second.resolve});
		const tell = await second.promise;
		await expect.poll(() => bench.states(), {timeout: 20_000}).toMatchObject({[`${bench.name}-sick-1`]: 'running'});
		tell('SIGINT');
		expect((await coming).code).toBe(130);
		expect(await bench.states()).toEqual({[`${bench.name}-sick-1`]: 'exited', [`${bench.name}-later-1`]: 'created'});
		await down();
	});

	test('logs -f shows containers too that come later, and ends with the last one', async () => {
		write({web: service(staying('up')), any: service(staying())});
		await bench.compose(['up', '-d']);
		const out = new Sink();
		const following = bench.compose(['logs', '-f'], {stdout: out});
		await expect.poll(() => out.text, {timeout: 20_000}).toBe('web-1  | up\n');
		await bench.compose(['scale', 'web=2']);
		await expect.poll(() => out.text, {timeout: 20_000}).toContain('web-2  | up\n');
		// Somebody runs all the time: with nobody left it would be over.
		await bench.compose(['restart', '-t', '5', 'web']);
		await expect.poll(() => lines(out.text).toSorted(), {timeout: 20_000}).toEqual(['web-1  | up', 'web-1  | up', 'web-2  | up', 'web-2  | up']);
		await bench.compose(['stop', '-t', '5']);
		expect((await following).code).toBe(0);
		await down();
	});

	test('what does not go together is refused before anything is made', async () => {
		write({web: service(staying())});
		expect((await bench.compose(['up', '-d', '--abort-on-container-exit'])).err).toBe('--detach leaves the containers in the background: nobody would see one end — leave it out\n');
		expect((await bench.compose(['up', '--exit-code-from', 'nobody'])).err).toBe('the service nobody is not among those that are brought up\n');
		expect((await bench.compose(['up', '--menu'])).err).toBe('flag --menu is not supported: there is no menu\n');
		expect(await bench.states()).toEqual({});
	});

	test('up --wait ends when the time is over', async () => {
		write({sick: service(staying(), ', healthcheck: {test: "exit 1", interval: 100ms, retries: 1000}')});
		const {code, err} = await bench.compose(['up', '--wait', '--wait-timeout', '1']);
		expect(code).toBe(1);
		// Which of the two depends on whether a probe has ended by then.
		expect(err).toMatch(/is not up and healthy after 1 s — see why: compose ps and compose logs\n$|is not healthy in time: its last probe ended with 1/);
		await down();
	});
});
