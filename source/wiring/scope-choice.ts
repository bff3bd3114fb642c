import type {AppStore, Scope} from '../store/index.ts';

export type ScopeChoiceOptions = {
	readonly store: AppStore;
	/** Where to start on the daemon of the moment. */
	readonly choose: () => Promise<Scope>;
	readonly refresh: () => void;
};

export type ScopeChoice = {
	/** What is looked at now is a guess about a daemon that was not heard yet. */
	leaveOpen(): void;
};

/** Chooses the namespace once the daemon answers, unless somebody was faster. */
export const createScopeChoice = ({store, choose, refresh}: ScopeChoiceOptions): ScopeChoice => {
	let guessed: Scope | undefined;
	const settle = async (): Promise<void> => {
		const guess = guessed;
		if (guess === undefined || store.get().connection.status !== 'live') return;
		guessed = undefined;
		if (store.get().scope !== guess) return;
		try {
			const scope = await choose();
			const isSame = scope.kind === 'one' && guess.kind === 'one' && scope.namespace === guess.namespace;
			if (isSame || store.get().scope !== guess) return;
			store.dispatch({type: 'scope-changed', scope});
			refresh();
		} catch {
			// The daemon is gone again, which its watch says; the guess is as good as any.
		}
	};
	store.subscribe(() => void settle());
	return {
		leaveOpen() {
			const {scope} = store.get();
			if (scope.kind === 'one') guessed = scope;
		},
	};
};
