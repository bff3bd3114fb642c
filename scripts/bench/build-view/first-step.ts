import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {startContainerd} from '../../lab/containerd.ts';
import {startDockerd} from '../../lab/dockerd.ts';
import type {Bench} from '../bench.ts';
import {pause} from '../rest.ts';

/** From Enter in the form to the first step of the build on the screen, in ms, on a real BuildKit; once more each time. */
export const measureFirstStep = async (bench: Bench): Promise<readonly number[]> =>
	bench.within(async inner => {
		const lab = await startContainerd();
		try {
			const dockerd = await startDockerd(lab);
			try {
				const context = join(inner.folder, 'context');
				mkdirSync(context);
				writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
				const terminal = inner.dashboard(lab.address, {environment: {BUILDKIT_HOST: dockerd.address, XDG_STATE_HOME: join(inner.folder, 'state')}});
				await terminal.until('the list', seen => seen.includes('No containers'));
				terminal.press('7');
				await terminal.until('BuildKit', seen => seen.includes('BuildKit is at'));
				const times: number[] = [];
				for (let count = 0; count < (bench.isQuick ? 3 : 10); count += 1) {
					terminal.forget();
					terminal.press('B');
					await terminal.until('the form', seen => seen.includes('Build an image'));
					if (count === 0) terminal.press(context);
					// The first time what is typed, later what is remembered.
					await pause(700);
					terminal.forget();
					const pressedAt = performance.now();
					terminal.press('\r');
					times.push((await terminal.until('the first step', seen => seen.includes('load build definition'))) - pressedAt);
					// It is over long before that; then it is forgotten, so that the next one's steps are written anew.
					await pause(2000);
					terminal.forget();
					terminal.press('d');
					await terminal.until('the question', seen => seen.includes('What was built stays'));
					terminal.press('y');
					await terminal.until('an empty list', seen => seen.includes('No builds yet'));
				}
				return times;
			} finally {
				await dockerd.stop();
			}
		} finally {
			await lab.stop();
		}
	});
