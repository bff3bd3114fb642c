import {Failure, type Outcome, sentence} from '../../errors.ts';
import {type Prune, prunes} from '../../model/disk-report.ts';
import type {DiskUsage} from '../../model/disk-usage.ts';
import {ownerOf} from '../../model/namespace.ts';
import {bytes} from '../../model/units.ts';
import type {State} from '../../store/index.ts';
import {notify} from '../runner.ts';
import type {Context} from '../types.ts';

/** A prune is nerdctl's: of one namespace. */
export const oneNamespace = ({scope}: State): string | undefined => (scope.kind === 'one' ? scope.namespace : undefined);

/** As a job: a big disk takes minutes. Undefined: it was cancelled or failed, and that has been told. */
export const measure = async ({services, jobs}: Context, namespace: string | undefined): Promise<DiskUsage | undefined> => {
	const {promise, resolve} = Promise.withResolvers<DiskUsage | undefined>();
	jobs.start('Measure the disk', async ({signal, report}) => {
		try {
			const usage = await services.disk.usage({
				...(namespace === undefined ? {} : {namespaces: [namespace]}),
				signal,
				onProgress: ({done, total}) => report({step: `${done} of ${total} snapshots and volumes`, items: []}),
			});
			resolve(usage);
			return `The disk holds ${bytes(usage.totalBytes)}`;
		} finally {
			resolve(undefined);
		}
	});
	return promise;
};

const mostNamed = 6;

const listed = (title: string, names: readonly string[]): readonly string[] =>
	names.length === 0 ? [] : [`${title}: ${names.slice(0, mostNamed).join(', ')}${names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''}`];

/** What goes, by name as far as there is room. */
const linesOf = (usage: DiskUsage, {selection, does}: Prune, namespace: string): readonly string[] => {
	const owner = ownerOf(namespace);
	const stopped = usage.containers.filter(({status}) => status !== 'running' && status !== 'paused' && status !== 'pausing');
	const unused = usage.images.filter(({containers}) => containers === 0).flatMap(({names}) => names);
	return [
		`Frees ${bytes(usage.freed(selection))} in the namespace ${namespace}.`,
		`Removes ${does}.`,
		...(selection.stoppedContainers === true ? listed('Containers', stopped.map(({labels, id}) => labels['nerdctl/name'] ?? id.slice(0, 12))) : []),
		...(selection.images === 'unused' ? listed('Images', unused) : []),
		...(selection.partialPulls === true && usage.partialPulls.count > 0 ? [`Also ${usage.partialPulls.count} blobs and snapshots that failed pulls left.`] : []),
		...(selection.volumes === undefined ? [] : listed('Volumes', usage.volumes.filter(({usedBy, isAnonymous}) => isAnonymous && usedBy.length === 0).map(({name}) => name.slice(0, 12)))),
		...(owner === undefined ? [] : [`This namespace belongs to ${owner}, which keeps its own books.`]),
	];
};

/** In the order of `system prune`: what one step lets go the next can take. */
const run = async ({services}: Context, {selection}: Prune, namespace: string, signal: AbortSignal): Promise<{readonly removed: number; readonly errors: readonly unknown[]}> => {
	let removed = 0;
	const errors: unknown[] = [];
	const count = ({done, failed}: Outcome<unknown>): void => {
		removed += done.length;
		errors.push(...failed.map(({error}) => error));
	};
	if (selection.stoppedContainers === true) count(await services.containers.prune(namespace, {signal}));
	if (selection.volumes !== undefined) count(await services.disk.pruneVolumes(namespace, {signal}));
	if (selection.partialPulls === true) removed += await services.images.forgetPartial(namespace, {signal});
	if (selection.images !== undefined) count(await services.images.prune(namespace, {signal, all: selection.images === 'unused'}));
	return {removed, errors};
};

/** Asks with names and bytes, then prunes as a job and says what that really freed. */
export const pruneAfterAsking = async (context: Context, usage: DiskUsage, id: string): Promise<void> => {
	const {store, dialogs, jobs, services} = context;
	const prune = prunes.find((each) => each.id === id);
	const namespace = oneNamespace(store.get());
	if (prune === undefined) return;
	if (store.get().readonly) throw new Failure('denied', 'Pruning is refused: gantry runs with --readonly');
	if (namespace === undefined) throw new Failure('invalid', 'A prune is of one namespace', {hint: 'choose one with N first'});
	if (!(await dialogs.confirm({title: `${prune.title}?`, lines: linesOf(usage, prune, namespace), danger: true}))) return;
	jobs.start(prune.title, async ({signal, report}) => {
		report({step: 'removing', items: []});
		const {removed, errors} = await run(context, prune, namespace, signal);
		for (const error of errors) notify(store, 'bad', sentence(error));
		report({step: 'measuring what that freed', items: []});
		const after = await services.disk.usage({namespaces: [namespace], signal});
		const not = errors.length === 0 ? '' : ` · ${errors.length} could not be removed, ctrl-n says why`;
		return `${prune.title}: removed ${removed}, freed ${bytes(Math.max(0, usage.totalBytes - after.totalBytes))}${not}`;
	});
};
