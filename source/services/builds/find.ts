import {existsSync} from 'node:fs';
import {createBuildkit, parseAddress, usualSockets} from '../../clients/buildkit/index.ts';
import {Failure, isAbort, isFailure} from '../../errors.ts';
import type {BuildkitPlaces} from './types.ts';

/** Whoever listens on a socket of this machine and does not answer by then is no builder. */
const patienceMs = 3000;

const whyNot = async (path: string, signal: AbortSignal | undefined): Promise<string | undefined> => {
	const buildkit = createBuildkit(`unix://${path}`);
	try {
		await buildkit.workers({timeoutMs: patienceMs, ...(signal === undefined ? {} : {signal})});
		return undefined;
	} catch (error) {
		if (isAbort(error)) throw error;
		return isFailure(error) && error.told !== undefined ? error.told.reason : String(error instanceof Error ? error.message : error);
	} finally {
		buildkit.close();
	}
};

const dockerSockets = ['/run/docker.sock', '/var/run/docker.sock'];

export const find = async (places: BuildkitPlaces, {signal}: {readonly signal?: AbortSignal} = {}): Promise<string> => {
	if (places.said !== undefined && places.said !== '') {
		parseAddress(places.said);
		return places.said;
	}

	const tried: string[] = [];
	for (const path of usualSockets(places)) {
		const reason = await whyNot(path, signal);
		if (reason === undefined) return `unix://${path}`;
		tried.push(`${path} (${reason})`);
	}

	const docker = dockerSockets.find(path => existsSync(path));
	const other = docker === undefined ? '' : `; the dockerd here has one: --buildkit-host docker://${docker}`;
	throw new Failure('unavailable', `There is no BuildKit to build with; tried ${tried.join(', ')}`, {
		hint: `start buildkitd, or name one with --buildkit-host or BUILDKIT_HOST${other}`,
	});
};
