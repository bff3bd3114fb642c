import {randomBytes} from 'node:crypto';
import {afterAll, beforeAll, describe} from 'vitest';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {containersPart} from './parts/containers.ts';
import {contentPart} from './parts/content.ts';
import {daemonPart} from './parts/daemon.ts';
import {diffPart} from './parts/diff.ts';
import {eventsPart} from './parts/events.ts';
import {failuresPart} from './parts/failures.ts';
import {imagesPart} from './parts/images.ts';
import {leasesPart} from './parts/leases.ts';
import {namespacesPart} from './parts/namespaces.ts';
import {snapshotsPart} from './parts/snapshots.ts';
import {tasksPart} from './parts/tasks.ts';
import type {Bench, Subject} from './subject.ts';
import {ways} from './ways.ts';

/** One list for the fake and for every real version, in this order; the last part takes the daemon down and up again. */
const parts = [daemonPart, namespacesPart, containersPart, imagesPart, contentPart, snapshotsPart, diffPart, leasesPart, tasksPart, eventsPart, failuresPart];

/** What our client promises to the rest of Gantry, asked of one daemon. */
export const describeContract = (name: string, start: () => Promise<Subject>, isReal: boolean): void => {
	describe.each(ways)(`the contract on ${name}, %s`, (_way, connect) => {
		let subject: Subject | undefined;
		let containerd: Containerd | undefined;
		const run = `contract-${process.pid}-${randomBytes(3).toString('hex')}`;

		beforeAll(async () => {
			subject = await start();
			containerd = connect({address: subject.address});
		});

		afterAll(async () => {
			containerd?.close();
			await subject?.stop();
		});

		const bench = (part: string) => (): Bench => ({subject: subject!, containerd: containerd!, namespace: `${run}-${part}`});
		for (const part of parts) {
			const title = part.name.replace(/Part$/, '');
			describe(title, () => part(bench(title), isReal));
		}
	});
};
