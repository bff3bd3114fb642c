import {createInputParser} from './input.ts';
import type {InputEvent} from './input-types.ts';

/** How long a lone ESC may turn out to be the start of a sequence: a slow line splits them. */
const escapeMs = 40;

export type InputFeed = {
	subscribe(listener: (event: InputEvent) => void): () => void;
	/** While somebody else reads the bytes (a shell inside a container) they are not keys. */
	mute(): () => void;
};

/** From a terminal's bytes to events. */
export const createInputFeed = (onBytes: (listener: (bytes: Uint8Array) => void) => () => void): InputFeed => {
	const parser = createInputParser();
	const listeners = new Set<(event: InputEvent) => void>();
	let timer: NodeJS.Timeout | undefined;
	let muted = 0;
	const tell = (events: readonly InputEvent[]) => {
		for (const event of events) for (const listener of [...listeners]) listener(event);
	};
	onBytes((bytes) => {
		if (muted > 0) return;
		clearTimeout(timer);
		tell(parser.feed(bytes));
		if (parser.pending) timer = setTimeout(() => tell(parser.flush()), escapeMs);
	});
	return {
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		mute() {
			muted += 1;
			parser.flush();
			return () => {
				muted -= 1;
			};
		},
	};
};
