import {spawn} from 'node:child_process';
import {type FileHandle, readdir} from 'node:fs/promises';
import type {Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {Failure} from '../../errors.ts';
import type {HostSignal} from './types.ts';

/** GNU's tar keeps extended attributes, without which a file with capabilities is only a file; busybox's knows none. */
const keepsAttributes = async (): Promise<boolean> => {
	const {stdout, failed} = await (await import('execa')).execa('tar', ['--version'], {reject: false});
	if (failed && stdout === undefined) throw new Failure('unsupported', 'the tar command did not start', {hint: 'install tar'});
	return stdout.includes('GNU tar');
};

/**
A whole file system as a tar archive. Reading follows no links, so a child may do it; it is three times as fast as we are. Not through execa, which passes on no
descriptors but the standard three.
*/
export const packRoot = async (root: FileHandle, to: Writable, {signal}: HostSignal = {}): Promise<void> => {
	const attributes = (await keepsAttributes()) ? ['--xattrs', '--xattrs-include=*', '--numeric-owner'] : [];
	const names = (await readdir(`/proc/self/fd/${root.fd}`)).sort();
	const child = spawn('tar', [...attributes, '-C', '/proc/self/fd/3', '-c', '-f', '-', '--', ...names], {
		stdio: ['ignore', 'pipe', 'pipe', root.fd],
		...(signal === undefined ? {} : {signal}),
	});
	let said = '';
	child.stderr?.on('data', (chunk: Buffer) => {
		said = `${said}${chunk.toString()}`.slice(-2000);
	});
	const ended = new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	if (child.stdout === null) throw new Failure('internal', 'tar has no output');
	const [code] = await Promise.all([ended, pipeline(child.stdout, to, {end: false})]);
	// 1 is a file that changed while it was read: of a running container that is no failure.
	if (code !== 0 && code !== 1) throw new Failure('internal', `the files could not be packed: ${said.trim().split('\n').at(-1) ?? ''}`);
};
