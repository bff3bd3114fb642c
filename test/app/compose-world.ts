import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {scaleOf} from '../../source/model/compose/project.ts';
import {containerLabelsOf} from '../../source/model/compose/request/labels.ts';
import {readSource} from '../../source/services/compose/read-source.ts';
import type {FakeContainerd} from '../fakes/containerd.ts';
import {type OpenOptions, openScreen, type Screen} from './harness.tsx';
import {addApp} from './world.ts';

export const shop = `services:
  web: {image: web, network_mode: none, depends_on: {api: {condition: service_started, required: false}}}
  api: {image: api, network_mode: none, scale: 2, depends_on: [db], environment: {MODE: fast}}
  db: {image: db, network_mode: none}
`;

/** A directory with a compose file of its own. */
export const projectAt = async (text: string, name = 'shop'): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), 'gantry-compose-'));
	onTestFinished(async () => rm(folder, {recursive: true, force: true}));
	const directory = join(folder, name);
	await mkdir(directory);
	await writeFile(join(directory, 'compose.yaml'), text);
	return directory;
};

/** What `up` would have made of a directory, under a name of its own if one is given. */
export const bringUp = async (daemon: FakeContainerd, directory: string, name?: string): Promise<void> => {
	const {project} = await readSource({env: {}, home: '/'}, {directory, files: [join(directory, 'compose.yaml')], name, services: []});
	for (const [service, said] of Object.entries(project.services))
		for (let number = 1; number <= scaleOf(said); number += 1)
			addApp(daemon, `${project.name}-${service}-${number}`, {status: 'running', labels: containerLabelsOf(project, service, {number, isOneOff: false})});
};

/** The dashboard with the Compose pane in front. */
export const openCompose = async (daemon: FakeContainerd, options: OpenOptions = {}): Promise<Screen> => {
	const screen = await openScreen(daemon, options);
	await screen.until('2.1.9+fake');
	screen.press('3');
	await screen.until(/u up/);
	return screen;
};
