import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {fetchPackage} from './fetch-package.ts';
import {toolsFolder} from './find-containerd.ts';

const folder = join(toolsFolder, 'docker-buildx');

const fetched = join(folder, 'usr/libexec/docker/cli-plugins/docker-buildx');

/** Docker's own client of BuildKit, which runs without `docker`: what the same build is held against. */
export const findDockerBuildx = (): string | undefined =>
	[fetched, '/usr/libexec/docker/cli-plugins/docker-buildx', '/usr/lib/docker/cli-plugins/docker-buildx'].find(path => existsSync(path));

/** Answers why it is not there, or undefined when it is. */
export const fetchDockerBuildx = (): string | undefined =>
	fetchPackage({name: 'docker-buildx', suites: {debian: ['trixie']}, folder, isThere: () => findDockerBuildx() !== undefined});
