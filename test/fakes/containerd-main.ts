/** The fake as a process of its own: what it costs is then not measured as ours. Started by `startFakeProcess`. */
import {startFakeContainerd} from './containerd.ts';
import type {FakeProcessOptions} from './containerd-process.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as FakeProcessOptions;
const fake = await startFakeContainerd(options);
const padding = 'x'.repeat(options.specBytes ?? 3000);
for (let index = 0; index < (options.containers ?? 0); index += 1) {
	const id = String(index).padStart(64, '0');
	const labels = {
		...{'nerdctl/name': `web-${index}`, 'nerdctl/hostname': id.slice(0, 12), 'nerdctl/namespace': 'default', 'nerdctl/platform': 'linux/amd64'},
		...{'nerdctl/state-dir': `/fake/containers/default/${id}`, 'com.docker.compose.project': `project-${index % 50}`, 'com.docker.compose.service': 'web'},
	};
	const usage = {cpu: (index % 10) / 100, memoryBytes: (index % 100) * 1_000_000};
	fake.addContainer({id, labels, usage, spec: {padding}, status: index % 5 === 0 ? 'stopped' : 'running'});
}

if (options.withoutListStream === true) fake.fail('Containers.ListStream', {kind: 'fail', code: 12, message: 'unknown method ListStream'});
// Ends with whoever started it, however that ends.
process.stdin.resume();
process.stdin.on('end', () => {
	void fake.stop().then(() => process.exit(0));
});
process.stdout.write(`${fake.address}\n`);
