import {mkdirSync} from 'node:fs';
import {fetchDockerBuildx, findDockerBuildx} from './docker-buildx.ts';
import {fetchDockerCompose, findDockerCompose} from './docker-compose.ts';
import {dockerdVersions, fetchDockerd, findDockerd} from './dockerd.ts';
import {fetchContainerd} from './fetch-containerd.ts';
import {containerdVersions, findContainerd, toolsFolder} from './find-containerd.ts';

mkdirSync(toolsFolder, {recursive: true});
const say = (name: string, found: string | undefined, reason: string | undefined): void =>
	console.log(reason === undefined ? `${name}: ${found}` : `${name}: not here, its tests are skipped (${reason})`);
for (const version of containerdVersions) {
	const reason = fetchContainerd(version);
	say(`containerd ${version}`, findContainerd(version)?.version, reason);
}
const reason = fetchDockerCompose();
say('docker compose', findDockerCompose(), reason);
for (const version of dockerdVersions) {
	const why = fetchDockerd(version);
	say(`dockerd ${version}, for builds`, findDockerd(version), why);
}
const noBuildx = fetchDockerBuildx();
say('docker buildx', findDockerBuildx(), noBuildx);
