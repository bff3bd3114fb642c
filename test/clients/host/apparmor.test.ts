import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {loadDefaultProfile} from '../../../source/clients/host/apparmor.ts';
import {readHostFacts} from '../../../source/clients/host/facts.ts';

let root = '';
const place = (path: string): string => join(root, path);
const write = (path: string, text: string): void => {
	mkdirSync(dirname(place(path)), {recursive: true});
	writeFileSync(place(path), text);
};
/** Stands for the parser: keeps what it is given and how. */
const parser = (body: string): void => {
	write('sbin/apparmor_parser', `#!/bin/sh\n${body}\n`);
	chmodSync(place('sbin/apparmor_parser'), 0o755);
};

beforeEach(() => {
	root = `${mkdtempSync(join(tmpdir(), 'gantry-apparmor-'))}/`;
	write('sys/module/apparmor/parameters/enabled', 'Y\n');
	write('sys/kernel/security/apparmor/profiles', '/usr/sbin/ntpd (enforce)\n');
	parser(`echo "$@" > ${place('arguments')}; cat > ${place('profile')}`);
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

describe('the default profile', () => {
	it('is given to the kernel that lacks it', async () => {
		write('etc/apparmor.d/abi/3.0', '');
		write('etc/apparmor.d/tunables/global', '');
		write('proc/self/attr/current', 'containerd (enforce)\n');
		expect(await loadDefaultProfile(root)).toBe(true);
		expect(readFileSync(place('arguments'), 'utf8')).toBe('-K -r\n');
		const lines = readFileSync(place('profile'), 'utf8').split('\n');
		expect(lines.slice(0, 3)).toEqual(['abi <abi/3.0>,', '#include <tunables/global>', 'profile nerdctl-default flags=(attach_disconnected,mediate_deleted) {']);
		expect(lines).toEqual(expect.arrayContaining(['  deny mount,', '  signal (receive) peer=containerd,', '  signal (send,receive) peer=nerdctl-default,', '  deny @{PROC}/kcore rwklx,', '  deny /sys/[^f]*/** wklx,']));
		expect(lines).not.toContain('  #include <abstractions/base>');
	});

	it('needs none of AppArmor’s own files', async () => {
		await loadDefaultProfile(root);
		expect(readFileSync(place('profile'), 'utf8').split('\n')[0]).toBe('@{PROC}=/proc/');
	});

	it('is left alone when it is there', async () => {
		write('sys/kernel/security/apparmor/profiles', 'nerdctl-default (enforce)\n');
		expect(await loadDefaultProfile(root)).toBe(true);
		expect(existsSync(place('profile'))).toBe(false);
	});

	it('is for kernels with AppArmor, and machines with its parser', async () => {
		rmSync(place('sbin/apparmor_parser'));
		expect(await loadDefaultProfile(root)).toBe(false);
		parser(`touch ${place('profile')}`);
		write('sys/module/apparmor/parameters/enabled', 'N\n');
		expect(await loadDefaultProfile(root)).toBe(false);
		expect(existsSync(place('profile'))).toBe(false);
	});

	it('that can’t be loaded is a failure with a way out', async () => {
		parser('echo first >&2; echo syntax error, line 5 >&2; exit 1');
		await expect(loadDefaultProfile(root)).rejects.toMatchObject({code: 'unsupported', hint: 'use --security-opt apparmor=unconfined', message: expect.stringContaining('syntax error, line 5') as string});
	});

	it('is loaded before the facts are told, when it is used', async () => {
		parser(`printf 'nerdctl-default (enforce)\\n' > ${place('sys/kernel/security/apparmor/profiles')}; cat > /dev/null`);
		expect((await readHostFacts({root})).apparmorProfiles).toEqual(['/usr/sbin/ntpd']);
		expect((await readHostFacts({root, usesDefaultProfile: true})).apparmorProfiles).toEqual(['nerdctl-default']);
	});
});
