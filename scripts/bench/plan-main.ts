/** A process that plans a project of which nothing is there yet, or all containers are. Answers the milliseconds of processor time that the plan took. */
import {createInterface} from 'node:readline';
import {type Observed, type ObservedContainer, planUp} from '../../source/model/compose/plan/index.ts';
import {load} from '../../source/services/compose/load.ts';

const {folder} = JSON.parse(process.argv[2] ?? '{}') as {folder: string};
const options = {cwd: folder, home: folder, env: {}, files: [], profiles: [], envFiles: [], services: [], interpolate: true};
const {project} = await load({...options, readStdin: async () => ''});
const container = (service: string): ObservedContainer => ({
	...{namespace: 'default', id: service, name: `${project.name}-${service}-1`, service, number: 1, isOneOff: false, hash: 'of another file'},
	...{maker: 'gantry', state: 'running', imageDigest: '', dependsOn: []},
});
const nothing: Observed = {containers: [], networks: [], volumes: [], images: {}};
const all: Observed = {...nothing, containers: Object.keys(project.services).map(container)};
process.stdout.write('ready\n');

for await (const question of createInterface(process.stdin)) {
	const observed = question === 'all' ? all : nothing;
	const before = process.cpuUsage();
	const {operations} = planUp(project, observed, {recreate: 'changed', scale: {}, removeOrphans: false, start: true, build: false});
	const {user, system} = process.cpuUsage(before);
	process.stdout.write(`${JSON.stringify({ms: (user + system) / 1000, operations: operations.length})}\n`);
}
