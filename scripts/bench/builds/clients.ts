import {join} from 'node:path';
import type {LabContainerd} from '../../lab/containerd.ts';
import {findDockerBuildx} from '../../lab/docker-buildx.ts';
import type {LabBuilder} from '../../lab/dockerd.ts';
import type {Bench} from '../bench.ts';
import {type Timed, timed} from '../images/timed.ts';

/** `loadSeconds`: of the daemon's own step that takes the context in, by its own clock; NaN where there was none. */
export type Built = Timed & {readonly loadSeconds: number};

/** A build as both clients take it: the same words, but for those of how progress is told. */
export type Client = (...args: readonly string[]) => Promise<Built>;

type Said = {readonly vertexes?: ReadonlyArray<Readonly<Record<string, unknown>>> | null};

/** Ours tells times in ms since 1970, buildx as text. */
const msOf = (time: unknown): number => (typeof time === 'number' ? time : Date.parse(String(time)));

const loadSecondsOf = (told: string): number => {
	let found = Number.NaN;
	// One object a line, or with a line for each of its parts, which are indented.
	for (const one of told.split(/(?<=\})\n(?=\{)/).filter(text => text.includes('load build context'))) {
		const {vertexes} = JSON.parse(one) as Said;
		for (const vertex of vertexes ?? []) {
			if (vertex['name'] !== '[internal] load build context') continue;
			const seconds = (msOf(vertex['completedAt'] ?? vertex['completed']) - msOf(vertex['startedAt'] ?? vertex['started'])) / 1000;
			if (Number.isFinite(seconds)) found = seconds;
		}
	}
	return found;
};

const client = (program: string, before: readonly string[], env: Readonly<Record<string, string>>): Client => async (...args) => {
	const told: Buffer[] = [];
	const run = await timed(program, [...before, ...args], env, chunk => told.push(chunk));
	return {...run, loadSeconds: loadSecondsOf(Buffer.concat(told).toString())};
};

/** Ours, and docker buildx, on one BuildKit. */
export const openClients = (bench: Bench, lab: LabContainerd, dockerd: LabBuilder): {readonly ours: Client; readonly theirs: Client} => {
	const buildx = findDockerBuildx();
	if (buildx === undefined) throw new Error('there is no docker-buildx of trixie here; `npm test` fetches it');
	const socket = dockerd.address.replace('docker:', 'unix:');
	return {
		ours: client(bench.program, ['--address', lab.address, '--data-root', lab.dataRoot, 'build', '--progress', 'json'], {...bench.environment, BUILDKIT_HOST: dockerd.address}),
		theirs: client(buildx, ['build', '--progress', 'rawjson'], {...bench.environment, DOCKER_HOST: socket, BUILDX_CONFIG: join(bench.folder, 'buildx')}),
	};
};
