import {randomBytes} from 'node:crypto';
import {createWriteStream} from 'node:fs';
import {rename, rm} from 'node:fs/promises';
import {dirname, join, basename, resolve} from 'node:path';
import {pipeline} from 'node:stream/promises';
import type {Buildkit, Destination} from '../../clients/buildkit/index.ts';
import {Failure, failing} from '../../errors.ts';
import type {Exporter, Worker} from '../../model/build.ts';
import type {BuildOutput} from '../../model/build-flags.ts';
import {fitness, machinePlatform, parsePlatform} from '../../model/platform.ts';
import type {ImagesService} from '../images/index.ts';
import type {BuildRequest} from './types.ts';

/** The way that the result takes to where it is wanted. */
export type Delivery = {
	readonly exporter: Exporter | undefined;
	readonly destination: Destination | undefined;
	/** Names of images that are here then. */
	images(): readonly string[];
	/** When the build is done. */
	finish(): Promise<void>;
	/** When it is not: nothing stays. */
	discard(): Promise<void>;
	/** What went wrong on our side, which the daemon only hears of. */
	failure(): unknown;
};

const nothing = async (): Promise<void> => {};

const silent = {images: () => [], finish: nothing, discard: nothing, failure: () => undefined} as const;

/** Work that was cut off and still tidies up behind itself. */
const createRunning = () => {
	let current: Promise<unknown> = Promise.resolve();
	return {
		follow: async <Value>(work: Promise<Value>): Promise<Value> => {
			current = work;
			return work;
		},
		ended: async (): Promise<void> => {
			await current.catch(() => {});
		},
	};
};

const nameAttrs = ({tags}: BuildRequest): Readonly<Record<string, string>> => (tags.length > 0 ? {name: tags.join(',')} : {'dangling-name-prefix': '<none>'});

const label = 'org.mobyproject.buildkit.worker';

/** Whether what the worker makes is in our containerd already, unpacked for our snapshotter. */
const isShared = (worker: Worker | undefined, {namespace, snapshotter, flags}: BuildRequest, uuid: string): boolean => {
	const here = machinePlatform(process.arch);
	const isForHere = flags.platforms.length === 0 || (flags.platforms.length === 1 && fitness(here, parsePlatform(flags.platforms[0]!)) !== undefined);
	const labels = worker?.labels ?? {};
	return (
		isForHere &&
		labels[`${label}.executor`] === 'containerd' &&
		labels[`${label}.containerd.uuid`] === uuid &&
		labels[`${label}.containerd.namespace`] === namespace &&
		labels[`${label}.snapshotter`] === snapshotter
	);
};

/** A dockerd that keeps images in a store of its own: its worker says of no executor, and its BuildKit has nothing to hand an image over with. */
const keepsImages = (address: string, worker: Worker | undefined): boolean => address.startsWith('docker:') && worker !== undefined && worker.labels[`${label}.executor`] === undefined;

const mustHandOver = (address: string, worker: Worker | undefined): void => {
	if (!keepsImages(address, worker)) return;
	throw new Failure('unsupported', `the BuildKit of the dockerd at ${address} hands over no images`, {
		hint: "turn on dockerd's containerd image store, use a buildkitd, or take the files: --output type=tar,dest=FILE",
	});
};

const toFile = (path: string, exporter: Exporter): Delivery => {
	const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
	const running = createRunning();
	let failure: unknown;
	return {
		...silent,
		exporter,
		destination: {
			kind: 'stream',
			write: async (bytes, signal) => {
				try {
					await running.follow(pipeline(bytes, createWriteStream(temporary, {flags: 'wx', flush: true})));
				} catch (error) {
					if (!signal.aborted) failure = failing(`write ${path}`, error);
					throw error;
				}
			},
		},
		finish: async () => rename(temporary, path),
		discard: async () => {
			await running.ended();
			await rm(temporary, {force: true});
		},
		failure: () => failure,
	};
};

const toStdout = (stdout: NodeJS.WritableStream, exporter: Exporter): Delivery => ({
	...silent,
	exporter,
	destination: {kind: 'stream', write: async bytes => pipeline(bytes, stdout, {end: false})},
});

/** As it comes, without being anywhere else on the way. */
const toImages = (images: Pick<ImagesService, 'load'>, request: BuildRequest, exporter: Exporter): Delivery => {
	const {namespace, snapshotter} = request;
	const running = createRunning();
	let loaded: readonly string[] = [];
	let failure: unknown;
	return {
		...silent,
		exporter,
		destination: {
			kind: 'stream',
			write: async (archive, signal) => {
				try {
					const load = images.load({namespace, archive, name: 'what was built', platforms: 'all', isNeeded: false, snapshotter, unpack: true}, {signal});
					const found = await running.follow(load);
					loaded = found.map(({name}) => name);
				} catch (error) {
					if (!signal.aborted) failure = error;
					throw error;
				}
			},
		},
		images: () => loaded,
		discard: running.ended,
		failure: () => failure,
	};
};

export type DeliveryDependencies = {
	readonly buildkit: Pick<Buildkit, 'workers'>;
	readonly images: Pick<ImagesService, 'load'>;
	readonly containerdId: () => Promise<string>;
};

const loading = async ({buildkit, images, containerdId}: DeliveryDependencies, request: BuildRequest, output: Extract<BuildOutput, {kind: 'load'}>, signal: AbortSignal | undefined): Promise<Delivery> => {
	const names = nameAttrs(request);
	const [worker] = await buildkit.workers(signal === undefined ? {} : {signal});
	mustHandOver(request.address, worker);
	if (output.format === undefined) {
		const uuid = await containerdId();
		if (isShared(worker, request, uuid)) {
			return {...silent, exporter: {type: 'image', attrs: {unpack: 'true', ...names}}, destination: undefined, images: () => request.tags};
		}
	}

	// A docker archive holds one platform.
	const type = output.format ?? (request.flags.platforms.length > 1 ? 'oci' : 'docker');
	return toImages(images, request, {type, attrs: {...names, ...output.attrs}});
};

export const planDelivery = async (dependencies: DeliveryDependencies, request: BuildRequest, signal: AbortSignal | undefined): Promise<Delivery> => {
	const {output = {kind: 'load', format: undefined, attrs: {}}, workingFolder, stdout} = request;
	const names = nameAttrs(request);
	switch (output.kind) {
		case 'load':
			return loading(dependencies, request, output, signal);
		case 'archive': {
			const exporter = {type: output.type, attrs: {...(output.type === 'tar' ? {} : names), ...output.attrs}};
			return output.to === '-' ? toStdout(stdout, exporter) : toFile(resolve(workingFolder, output.to), exporter);
		}

		case 'folder':
			return {...silent, exporter: {type: 'local', attrs: output.attrs}, destination: {kind: 'folder', path: resolve(workingFolder, output.to)}};
		case 'daemon':
			return {...silent, exporter: {type: output.type, attrs: {...names, ...output.attrs}}, destination: undefined};
		default:
			return {...silent, exporter: undefined, destination: undefined};
	}
};
