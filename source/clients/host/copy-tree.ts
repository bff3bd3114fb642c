import {spawn} from 'node:child_process';
import type {FileHandle} from 'node:fs/promises';
import {Failure} from '../../errors.ts';
import type {HostSignal} from './types.ts';

/**
Copy what is in a directory into another: owners, modes, links, times and extended attributes, the directory's own too. The source is a descriptor, so
that no name in it is looked up again; links are copied as they are. Not through execa: it passes on no descriptors but the standard three.
*/
export const copyTree = (from: FileHandle, to: string, {signal}: HostSignal = {}): Promise<void> =>
	new Promise((resolve, reject) => {
		const child = spawn('cp', ['-a', '--', '/proc/self/fd/3/.', to], {stdio: ['ignore', 'ignore', 'pipe', from.fd], ...(signal === undefined ? {} : {signal})});
		let said = '';
		child.stderr?.on('data', (chunk: Buffer) => {
			said = `${said}${chunk.toString()}`.slice(-2000);
		});
		child.once('error', reject);
		child.once('close', code => {
			if (code === 0) resolve();
			else reject(new Failure('internal', `the files could not be copied: ${said.trim().split('\n').at(-1) ?? ''}`));
		});
	});
