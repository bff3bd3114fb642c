/** A process that makes containers as a batch does: one program, many at once. Answers the milliseconds it took. */
import {createInterface} from 'node:readline';
import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {CreateRequest} from '../../source/model/create-request.ts';
import {labServices} from '../lab/services.ts';

const {lab, request} = JSON.parse(process.argv[2] ?? '{}') as {lab: Parameters<typeof labServices>[0]; request: CreateRequest};
const containerd = createContainerd({address: lab.address});
const {containers} = await labServices(lab, containerd);
await containers.find(request.namespace, 'nobody').catch(() => undefined);
process.stdout.write('ready\n');

for await (const question of createInterface(process.stdin)) {
	const {count, atOnce, prefix} = JSON.parse(question) as {count: number; atOnce: number; prefix: string};
	const startedAt = performance.now();
	const names = Array.from({length: count}, (_, at) => `${prefix}-${at}`);
	const work = async (): Promise<void> => {
		for (let name = names.shift(); name !== undefined; name = names.shift()) await containers.run({...request, name}, {detached: true});
	};
	await Promise.all(Array.from({length: atOnce}, work));
	process.stdout.write(`${performance.now() - startedAt}\n`);
}

containerd.close();
