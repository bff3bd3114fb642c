import {StringDecoder} from 'node:string_decoder';

/** A fragment longer than this does not wait for its line feed: memory stays bounded whatever a container prints. */
const longestFragment = 64 * 1024;

export type LineSplitter = {
	/** The whole lines that this chunk completes, each with its line feed, and a fragment that has grown too long. */
	push(chunk: Uint8Array): readonly string[];
	/** What has come of a line so far; it starts anew after this. */
	takeFragment(): string | undefined;
	/** Whether a fragment is waiting. */
	hasFragment(): boolean;
	/** The last words, including bytes that never became a character. */
	end(): string | undefined;
};

/** Lines out of chunks that may cut a line, or a character of several bytes, anywhere. */
export const createLineSplitter = (): LineSplitter => {
	const decoder = new StringDecoder('utf8');
	let fragment = '';

	const takeFragment = (): string | undefined => {
		const taken = fragment;
		fragment = '';
		return taken === '' ? undefined : taken;
	};

	return {
		push(chunk) {
			const text = fragment + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
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
		end() {
			fragment += decoder.end();
			return takeFragment();
		},
	};
};
