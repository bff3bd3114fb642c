import {spawn} from 'node:child_process';
import {copyFileSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {processStart} from '../../../source/clients/host/process-start.ts';

test('two processes of one number differ, whatever they are called, and one that is gone has none', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'gantry-test-'));
	try {
		const odd = join(folder, 'a) b 1 (c');
		copyFileSync('/bin/sleep', odd);
		const child = spawn(odd, ['100']);
		await new Promise(resolve => child.once('spawn', resolve));
		const start = processStart(child.pid!);
		expect(start).toMatch(/^\d+$/);
		expect(Number(start)).toBeGreaterThanOrEqual(Number(processStart('self')));
		child.kill('SIGKILL');
		await new Promise(resolve => child.once('exit', resolve));
		expect(processStart(child.pid!)).toBeUndefined();
	} finally {
		rmSync(folder, {recursive: true});
	}
});
