import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chownSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {text} from 'node:stream/consumers';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createHost, type Fifos, type Host} from '../../../source/clients/host/index.ts';

let directory: string;
let host: Host;

beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), 'gantry-fifo-'));
	writeFileSync(join(directory, 'socket'), '');
	host = createHost({address: join(directory, 'socket')});
});

afterAll(() => rmSync(directory, {recursive: true, force: true}));

/** Does what a shim does: opens the pipes by name, long after us, and closes them at the end. */
const shim = (script: string, {stdio}: Fifos) =>
	spawn('sh', ['-c', script], {env: {...process.env, IN: stdio.stdin, OUT: stdio.stdout, ERR: stdio.stderr}, stdio: 'ignore'});

describe('FIFOs', () => {
	test('carry everything both ways, and the streams end when the writer does', async () => {
		const fifos = await host.openFifos({id: 'e', terminal: false, interactive: true});
		const child = shim('cat <"$IN" >"$OUT"; echo done >"$ERR"', fifos);
		fifos.stdin?.write('x'.repeat(200_000));
		fifos.stdin?.end('last');
		const read = Promise.all([text(fifos.stdout), text(fifos.stderr!)]);
		await once(child, 'exit');
		await fifos.finish();
		const [out, errors] = await read;
		expect([out.length, out.slice(-4), errors]).toEqual([200_004, 'last', 'done\n']);
		await fifos.close();
		expect(existsSync(dirname(fifos.stdio.stdout))).toBe(false);
	});

	test('do not end while the process lives, though one writer goes and another comes', async () => {
		const fifos = await host.openFifos({id: 'e', terminal: true, interactive: false});
		for (const word of ['one', 'two']) await once(shim(`echo ${word} >"$OUT"`, fifos), 'exit');
		const read = text(fifos.stdout);
		await fifos.finish();
		expect(await read).toBe('one\ntwo\n');
		await fifos.close();
	});

	test('what was written and not yet read is there after finish and release', async () => {
		const fifos = await host.openFifos({id: 'e', terminal: true, interactive: false});
		await once(shim('echo late >"$OUT"', fifos), 'exit');
		await fifos.finish();
		await fifos.release();
		expect(await text(fifos.stdout)).toBe('late\n');
	});

	test('a slow reader loses nothing', async () => {
		const fifos = await host.openFifos({id: 'e', terminal: true, interactive: false});
		const child = shim('head -c 400000 /dev/zero >"$OUT"', fifos);
		const chunks: number[] = [];
		const reading = (async () => {
			for await (const chunk of fifos.stdout) {
				chunks.push((chunk as Buffer).length);
				await new Promise(resolve => void setImmediate(resolve));
			}
		})();
		await once(child, 'exit');
		await Promise.all([fifos.finish(), reading]);
		expect(chunks.reduce((sum, length) => sum + length, 0)).toBe(400_000);
		await fifos.close();
	});

	test('a child that keeps the pipe open does not hold up the end', async () => {
		const fifos = await host.openFifos({id: 'e', terminal: true, interactive: false});
		const child = shim('exec >"$OUT"; echo first; exec sleep 600', fifos);
		// What it wrote is here, so it has the pipe open.
		await once(fifos.stdout, 'readable');
		const read = text(fifos.stdout);
		expect(await fifos.finish()).toBe('silent');
		expect(await read).toBe('first\n');
		await fifos.close();
		child.kill();
		await once(child, 'exit');
		expect(fifos.stdout.destroyed).toBe(true);
	});

	test.skipIf(process.geteuid?.() !== 0)('lie beside a rootless daemon’s socket and belong to its owner', async () => {
		const socket = join(directory, 'rootless');
		writeFileSync(socket, '');
		chownSync(socket, 1234, 1234);
		const fifos = await createHost({address: `unix://${socket}`}).openFifos({id: 'e', terminal: true, interactive: false});
		const paths = [fifos.stdio.stdout, dirname(fifos.stdio.stdout), join(directory, 'fifo')];
		expect(dirname(paths[1]!)).toBe(paths[2]);
		expect(paths.map(path => statSync(path).uid)).toEqual([1234, 1234, 1234]);
		await fifos.close();
	});

	test('are nobody else’s to read, and can be closed twice with nobody there', async () => {
		const fifos = await host.openFifos({id: 'e', terminal: false, interactive: true});
		const {stdin, stdout, stderr} = fifos.stdio;
		expect([stdin, stdout, stderr].map(path => [statSync(path).isFIFO(), statSync(path).mode & 0o777])).toEqual(
			Array(3).fill([true, 0o600]),
		);
		fifos.stdin?.write('nobody reads this');
		await fifos.close();
		await fifos.close();
		expect(existsSync(dirname(stdout))).toBe(false);
	});
});
