import {useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore} from 'react';
import type {DetailView} from '../source/commands/index.ts';
import {sentence} from '../source/errors.ts';
import {type Container, containerKey} from '../source/model/container.ts';
import {displayName} from '../source/model/grouping.ts';
import {labels} from '../source/model/labels.ts';
import type {LogSource} from '../source/model/log-source.ts';
import {createLogView, type LogFrame, type LogView} from '../source/services/logs/index.ts';
import {type AppHandles, useApp} from './app-context.ts';
import {useDetailView} from './use-detail-view.ts';

export type LogsSize = {readonly columns: number; readonly rows: number; readonly ascii: boolean};

/** Only the whole record says where the CRI plugin writes; the list leaves it out. */
const locate = async ({logs, commands}: Pick<AppHandles, 'logs' | 'commands'>, container: Container, signal: AbortSignal): Promise<LogSource> => {
	try {
		if (container.labels[labels.criKind] === undefined) return await logs.locate(container);
		const {record} = await commands.services.containers.inspect(container, {signal});
		return await logs.locate(record);
	} catch (error) {
		return {kind: 'none', reason: sentence(error)};
	}
};

const nothing = (): (() => void) => () => undefined;

/**
The log of one container, or of several as one. It is opened when the selection comes and closed when it goes; frames come from the
view, which is no part of React. Undefined until it is known where the log is.
*/
export const useLogs = (subject: string, containers: readonly Container[], {columns, rows, ascii}: LogsSize): LogFrame | undefined => {
	const {logs, commands, colour} = useApp();
	const [view, setView] = useState<LogView>();
	const opened = useRef<LogView>(undefined);
	const size = useRef({columns, rows});
	size.current = {columns, rows};
	// The same containers with fresh numbers are the same log; another place of its output is not.
	const identity = `${subject} ${containers.map(container => `${containerKey(container)} ${container.labels[labels.logUri] ?? ''}`).join('\n')}`;

	// biome-ignore lint/correctness/useExhaustiveDependencies: `identity` says when containers mean another log.
	useEffect(() => {
		const controller = new AbortController();
		const open = async (): Promise<void> => {
			const sources = await Promise.all(
				containers.map(async (container, index) => ({label: displayName(container), colour: index, source: await locate({logs, commands}, container, controller.signal)})),
			);
			if (controller.signal.aborted) return;
			opened.current = createLogView({sources, service: logs, ...size.current, colour, ascii});
			setView(opened.current);
		};
		void open();
		return () => {
			controller.abort();
			opened.current?.close();
			opened.current = undefined;
			setView(undefined);
		};
	}, [identity, logs, commands, colour, ascii]);

	useEffect(() => {
		view?.resize(columns, rows);
	}, [view, columns, rows]);

	useDetailView(
		useMemo(
			(): DetailView => ({
				scrollBy: by => opened.current?.scrollBy(by),
				scrollX: cells => opened.current?.scrollX(cells),
				toHome: () => opened.current?.toHome(),
				toEnd: () => opened.current?.toEnd(),
				pageRows: () => size.current.rows,
				search: text => opened.current?.setSearch(text),
				nextMatch: step => opened.current?.nextMatch(step),
				...(view === undefined ? {} : {logs: view}),
			}),
			[view],
		),
	);

	const subscribe = useCallback((listener: () => void) => (view === undefined ? nothing() : view.subscribe(listener)), [view]);
	return useSyncExternalStore(subscribe, useCallback(() => view?.frame(), [view]));
};
