import {ControlService} from '../../protocol/generated/buildkit-control.ts';
import {parseAddress, spokenTarget} from './address.ts';
import {type CallOptions, createCaller} from './call.ts';
import {toCacheRecord, toHistoryEvent, toPruneRequest, toStatus, toWorker} from './convert.ts';
import type {Buildkit, SolveRequest} from './types.ts';

export {parseAddress, usualSockets} from './address.ts';
export {type Layout, openLayout} from './content/layout.ts';
export type {Destination} from './files/file-send.ts';
export {openSession, type Session, type SessionOffers} from './session/open.ts';
export {uploadUrl} from './session/upload.ts';
export {troubleOf, withTrouble} from './trouble.ts';
export type * from './types.ts';

/** For what a daemon answers out of what it knows. */
const quickMs = 10_000;

/** A daemon counts what its cache has on the disk, which takes its time. */
const slowMs = 120_000;

const quickly = (options: CallOptions | undefined): CallOptions => ({timeoutMs: quickMs, ...options});

/** Old daemons know one exporter only and read it from fields of its own; new ones ignore those. */
const toSolve = ({ref, session, frontend, frontendAttrs, exporters, cacheImports, cacheExports, entitlements}: SolveRequest) => ({
	...{ref, session, frontend, frontendAttrs: {...frontendAttrs}, entitlements: [...entitlements]},
	...{definition: undefined, frontendInputs: {}, internal: false},
	exporter: exporters[0]?.type ?? '',
	exporterAttrs: {...exporters[0]?.attrs},
	exporters: exporters.map(({type, attrs}) => ({type, attrs: {...attrs}})),
	cache: {
		exports: cacheExports.map(({type, attrs}) => ({type, attrs: {...attrs}})),
		imports: cacheImports.map(({type, attrs}) => ({type, attrs: {...attrs}})),
	},
});

/** A client of the BuildKit behind an address. Nothing is connected until the first call. */
export const createBuildkit = (address: string): Buildkit => {
	const target = parseAddress(address);
	const caller = createCaller(target);
	return {
		address: spokenTarget(target),
		info: async options => {
			const {buildkitVersion} = await caller.unary(ControlService.info, {}, quickly(options));
			return {version: buildkitVersion?.version ?? '', revision: buildkitVersion?.revision ?? ''};
		},
		workers: async options => (await caller.unary(ControlService.listWorkers, {filter: []}, quickly(options))).record.map(toWorker),
		diskUsage: async ({filters = [], ...options} = {}) =>
			(await caller.unary(ControlService.diskUsage, {filter: [...filters], ageLimit: 0}, {timeoutMs: slowMs, ...options})).record.map(toCacheRecord),
		prune: async function* (limits, options) {
			for await (const record of caller.stream(ControlService.prune, toPruneRequest(limits), options)) yield toCacheRecord(record);
		},
		solve: async (request, options) => (await caller.unary(ControlService.solve, toSolve(request), options)).exporterResponse,
		status: async function* (ref, options) {
			for await (const status of caller.stream(ControlService.status, {ref}, options)) yield toStatus(status);
		},
		history: async function* ({ref = '', isActiveOnly = false, isPastOnly = false, ...options} = {}) {
			const request = {activeOnly: isActiveOnly, ref, earlyExit: isPastOnly, filter: [], limit: 0};
			for await (const event of caller.stream(ControlService.listenBuildHistory, request, options)) {
				const known = toHistoryEvent(event);
				if (known !== undefined) yield known;
			}
		},
		forget: async (ref, options) => {
			await caller.unary(ControlService.updateBuildHistory, {ref, pinned: false, delete: true, finalize: false}, quickly(options));
		},
		pin: async (ref, isPinned, options) => {
			await caller.unary(ControlService.updateBuildHistory, {ref, pinned: isPinned, delete: false, finalize: false}, quickly(options));
		},
		close: () => caller.close(),
	};
};
