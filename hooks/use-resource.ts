import {useEffect, useState} from 'react';
import {isAbort, sentence} from '../source/errors.ts';

export type Resource<T> = {readonly value: T | undefined; readonly failure: string | undefined; readonly isLoading: boolean};

const nothing: Resource<never> = {value: undefined, failure: undefined, isLoading: true};

/**
Something a detail view asks for: loaded when `key` changes, aborted when it changes again or the view goes. While the next one loads
the last stays: a row that updates must not blink. Another `subject` starts from nothing.
*/
export const useResource = <T>(subject: string, version: string | number, load: (signal: AbortSignal) => Promise<T>): Resource<T> => {
	const [held, setHeld] = useState<{readonly subject: string; readonly resource: Resource<T>}>({subject, resource: nothing});
	// biome-ignore lint/correctness/useExhaustiveDependencies: `load` is a new closure each time; subject and version say when it means something else.
	useEffect(() => {
		const controller = new AbortController();
		const run = async () => {
			try {
				const value = await load(controller.signal);
				if (!controller.signal.aborted) setHeld({subject, resource: {value, failure: undefined, isLoading: false}});
			} catch (error) {
				if (controller.signal.aborted || isAbort(error)) return;
				setHeld({subject, resource: {value: undefined, failure: sentence(error), isLoading: false}});
			}
		};
		void run();
		return () => controller.abort();
	}, [subject, version]);
	return held.subject === subject ? held.resource : nothing;
};
