/** One immutable state; events in, snapshots out. Knows nothing of React: `hooks/use-select.ts` is the binding. */
export type Store<State, Event> = {
	get(): State;
	dispatch(event: Event): void;
	/** Called once per turn in which the state changed, however many events came. Answers how to stop. */
	subscribe(listener: () => void): () => void;
};

/**
A burst of two thousand daemon events must cost one repaint, so listeners wake in a microtask after the turn, not per event. `get` is
always up to date: a key pressed in the middle of a burst acts on what is true.
*/
export const createStore = <State, Event>(initial: State, reduce: (state: State, event: Event) => State): Store<State, Event> => {
	let state = initial;
	let scheduled = false;
	const listeners = new Set<() => void>();
	const wake = () => {
		scheduled = false;
		for (const listener of [...listeners]) listener();
	};
	return {
		get: () => state,
		dispatch(event) {
			const next = reduce(state, event);
			if (next === state) return;
			state = next;
			if (scheduled) return;
			scheduled = true;
			queueMicrotask(wake);
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
};
