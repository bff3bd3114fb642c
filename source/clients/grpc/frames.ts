/** Before every message: one byte that says whether it is compressed, four that say how long it is. */
const headBytes = 5;

export const frameHead = (messageBytes: number): Buffer => {
	const head = Buffer.alloc(headBytes);
	head.writeUInt32BE(messageBytes, 1);
	return head;
};

export type FrameReader = {
	/** The messages that are whole now. Throws when what came is no gRPC. */
	push(piece: Buffer): readonly Buffer[];
	/** Whether nothing is half read. */
	isEmpty(): boolean;
};

/** Messages out of bytes that are cut anywhere. A message above `maxBytes` is refused by its head, before it is in memory. */
export const createFrameReader = (maxBytes: number): FrameReader => {
	let pieces: Buffer[] = [];
	let held = 0;
	const head = (): number | undefined => {
		if (held < headBytes) return undefined;
		if (pieces[0]!.length < headBytes) pieces = [Buffer.concat(pieces)];
		const first = pieces[0]!;
		if (first[0] !== 0) throw new Error(first[0] === 1 ? 'a compressed message, which was not asked for' : 'no gRPC message');
		const length = first.readUInt32BE(1);
		if (length > maxBytes) throw new Error(`a message of ${length} bytes, more than ${maxBytes}`);
		return length;
	};

	return {
		push: piece => {
			if (piece.length > 0) pieces.push(piece);
			held += piece.length;
			const messages: Buffer[] = [];
			for (let length = head(); length !== undefined && held >= headBytes + length; length = head()) {
				const end = headBytes + length;
				const all = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
				messages.push(all.subarray(headBytes, end));
				held -= end;
				pieces = held === 0 ? [] : [all.subarray(end)];
			}

			return messages;
		},
		isEmpty: () => held === 0,
	};
};
