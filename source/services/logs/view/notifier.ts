export type Notifier = {
	subscribe(listener: () => void): () => void;
	/** The listeners are told at once. */
	now(): void;
	clear(): void;
};

export const createNotifier = (): Notifier => {
	const listeners = new Set<() => void>();
	return {
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		now() {
			for (const listener of [...listeners]) listener();
		},
		clear() {
			listeners.clear();
		},
	};
};
