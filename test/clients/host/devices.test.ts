import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {readBlockDevice, readDevices, readHostDevices} from '../../../source/clients/host/devices.ts';
import {readHostFacts} from '../../../source/clients/host/facts.ts';
import {findProgram} from '../../../source/clients/host/find-program.ts';

let root = '';
beforeAll(() => {
	root = mkdtempSync(join(tmpdir(), 'gantry-devices-'));
});
afterAll(() => rmSync(root, {recursive: true, force: true}));

describe('devices', () => {
	it('says what a device is', async () => {
		expect(await readDevices('/dev/null')).toEqual([expect.objectContaining({path: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 0o666})]);
		expect(await readDevices('/dev/zero', '/dev/nought')).toEqual([expect.objectContaining({path: '/dev/nought', major: 1, minor: 5})]);
	});

	it('refuses what is none', async () => {
		await expect(readDevices('/etc/passwd')).rejects.toThrow('/etc/passwd is not a device');
		await expect(readDevices('/dev/no-such-thing')).rejects.toMatchObject({code: 'not-found', message: 'This machine has no device /dev/no-such-thing'});
		await expect(readBlockDevice('/etc/passwd')).rejects.toThrow('is not a device');
	});

	it('leaves out what a container has of its own', async () => {
		const paths = (await readHostDevices()).map(({path}) => path);
		expect(paths).toContain('/dev/null');
		expect(paths).not.toContain('/dev/console');
		expect(paths.filter(path => path.startsWith('/dev/pts/') || path.startsWith('/dev/shm/'))).toEqual([]);
	});

	it.skipIf(process.getuid?.() !== 0)('takes all of a directory, with numbers of any size', async () => {
		mkdirSync(join(root, 'bus/001'), {recursive: true});
		execFileSync('mknod', [join(root, 'bus/001/002'), 'c', '4000', '1000000']);
		execFileSync('mknod', [join(root, 'bus/disk'), 'b', '8', '17']);
		writeFileSync(join(root, 'bus/file'), '');
		const devices = await readDevices(join(root, 'bus'), '/dev/bus');
		expect(devices.map(({path, type, major, minor}) => [path, type, major, minor])).toEqual([
			['/dev/bus/001/002', 'c', 4000, 1_000_000],
			['/dev/bus/disk', 'b', 8, 17],
		]);
		expect(await readBlockDevice(join(root, 'bus/disk'))).toEqual({major: 8, minor: 17});
	});
});

describe('facts', () => {
	it('are those of this machine', async () => {
		const facts = await readHostFacts();
		expect(facts.kernel.major).toBeGreaterThan(3);
		expect(facts.architecture).toMatch(/^[a-z\d]+$/);
		expect(facts.capabilities.every(name => name.startsWith('CAP_'))).toBe(true);
	});

	it('know AppArmor and version 2 of cgroups by their files', async () => {
		for (const [path, text] of [
			['sys/fs/cgroup/cgroup.controllers', 'cpu'],
			['sys/module/apparmor/parameters/enabled', 'Y\n'],
			['sys/kernel/security/apparmor/profiles', 'nerdctl-default (enforce)\n/usr/sbin/ntp d (complain)\nbroken\n'],
		] as const) {
			mkdirSync(join(root, 'host', path, '..'), {recursive: true});
			writeFileSync(join(root, 'host', path), text);
		}
		expect(await readHostFacts({root: `${join(root, 'host')}/`})).toMatchObject({cgroupVersion: 2, apparmor: 'available', apparmorProfiles: ['nerdctl-default', '/usr/sbin/ntp d']});
		expect(await readHostFacts({root: `${join(root, 'none')}/`})).toMatchObject({cgroupVersion: 1, apparmor: 'unavailable', apparmorProfiles: []});
	});
});

describe('programs', () => {
	it('are found as a shell finds them', async () => {
		writeFileSync(join(root, 'tool'), '#!/bin/sh\n', {mode: 0o755});
		writeFileSync(join(root, 'data'), '', {mode: 0o644});
		expect(await findProgram('tool', `/nowhere:relative:${root}`)).toBe(join(root, 'tool'));
		expect(await findProgram(join(root, 'tool'), '')).toBe(join(root, 'tool'));
		expect(await findProgram('data', root)).toBeUndefined();
		expect(await findProgram('nothing-of-this-name', root)).toBeUndefined();
	});
});
