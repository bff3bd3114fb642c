/** A fragment longer than this does not wait for its line feed: memory stays bounded whatever a container prints. */
const longestFragment = 64 * 1024;

export type LineSplitter = {
	/** The whole lines that this chunk completes, each with its line feed, and a fragment that has grown too long. */
	push(chunk: Uint8Array): readonly string[];
	/** What has come of a line so far; it starts anew after this. */
	takeFragment(): string | undefined;
	/** Whether a fragment is waiting. */
	hasFragment(): boolean;
	/** The first bytes of a character whose last ones have not come; they are forgotten here. */
	takeBegun(): Uint8Array;
	/** The last words, including bytes that never became a character. */
	end(): string | undefined;
};

/** How many bytes at the end are the beginning of a character of UTF-8 that needs more: none to three. */
const begunAtEnd = (bytes: Uint8Array): number => {
	for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
		const byte = bytes[bytes.length - back]!;
		if (byte < 0x80) return 0;
		if (byte < 0xc0) continue;
		const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
		return needed > back ? back : 0;
	}
	return 0;
};

/** Lines out of chunks that may cut a line, or a character of several bytes, anywhere. `begun` is what another splitter had of a character. */
export const createLineSplitter = (begun: Uint8Array = new Uint8Array()): LineSplitter => {
	let pending = Buffer.from(begun);
	let fragment = '';

	const decode = (chunk: Uint8Array): string => {
		const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
		const bytes = pending.length === 0 ? view : Buffer.concat([pending, view]);
		const whole = bytes.length - begunAtEnd(bytes);
		// A copy: the chunk's memory is somebody else's soon.
		pending = Buffer.from(bytes.subarray(whole));
		return bytes.toString('utf8', 0, whole);
	};

	const takeFragment = (): string | undefined => {
		const taken = fragment;
		fragment = '';
		return taken === '' ? undefined : taken;
	};

	return {
		push(chunk) {
			const text = fragment + decode(chunk);
			const lines: string[] = [];
			let from = 0;
			for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
				lines.push(text.slice(from, at + 1));
				from = at + 1;
			}

			fragment = text.slice(from);
			if (fragment.length < longestFragment) return lines;
			return [...lines, takeFragment()!];
		},
		takeFragment,
		hasFragment: () => fragment !== '',
		takeBegun() {
			const taken = pending;
			pending = Buffer.alloc(0);
			return taken;
		},
		end() {
			fragment += pending.toString('utf8');
			pending = Buffer.alloc(0);
			return takeFragment();
		},
	};
};
