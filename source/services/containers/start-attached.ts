import type {ContainerRef} from '../../model/container.ts';
import {type AttachedContainer, attach} from './attached.ts';
import type {Making} from './create/types.ts';
import type {Uses} from './dependencies.ts';
import {start, type StartDependencies} from './start.ts';
import type {Progress} from './types.ts';

type Dependencies = StartDependencies & Uses<{tasks: 'resizePty' | 'closeStdin'}> & {readonly making: Pick<Making, 'files' | 'shim'>};

/** Whoever made the container: its log is written as its `log-config.json` says, by our log driver. */
export const startAttached = async (dependencies: Dependencies, ref: ContainerRef, {interactive, ...options}: Progress & {readonly interactive: boolean}): Promise<AttachedContainer> => {
	const {files, shim} = dependencies.making;
	let cancel: (() => Promise<void>) | undefined;
	let watched: ReturnType<typeof attach> | undefined;
	try {
		await start(dependencies, ref, options, async (record, terminal) => {
			const foreground = await files.openForeground({ref, terminal, interactive, program: (await shim()).path});
			cancel = foreground.cancel;
			watched = attach(dependencies, {namespace: record.namespace, id: record.id}, foreground);
			return {...watched.streams, started: watched.started};
		});
	} catch (error) {
		await cancel?.();
		throw error;
	}
	return watched!.attached();
};
