import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {fetchPackage} from './fetch-package.ts';
import {toolsFolder} from './find-containerd.ts';

const folder = join(toolsFolder, 'docker-compose');

const fetched = join(folder, 'usr/libexec/docker/cli-plugins/docker-compose');

/** Docker's own reader of compose files: version 2, which needs neither docker nor a daemon for `config`. */
export const findDockerCompose = (): string | undefined =>
	[fetched, '/usr/libexec/docker/cli-plugins/docker-compose', '/usr/lib/docker/cli-plugins/docker-compose'].find(path => existsSync(path));

/** Answers why it is not there, or undefined when it is. */
export const fetchDockerCompose = (): string | undefined =>
	fetchPackage({name: 'docker-compose', suites: {debian: ['trixie']}, folder, isThere: () => findDockerCompose() !== undefined});
