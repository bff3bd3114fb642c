import {Buffer} from 'node:buffer';

/** RFC 8878, 3.1. */
const frameMagic = 0xfd2fb528;
export const isZstdFrame = (magic: number): boolean => magic === frameMagic;
export const isSkippableFrame = (magic: number): boolean => (magic & 0xfffffff0) >>> 0 === 0x184d2a50;

const dictionaryBytes = [0, 1, 2, 4] as const;
const contentSizeBytes = [0, 2, 4, 8] as const;

type Step = 'magic' | 'skippable' | 'descriptor' | 'header' | 'block' | 'body' | 'checksum';
const fieldBytes: Readonly<Partial<Record<Step, number>>> = {magic: 4, skippable: 4, descriptor: 1, block: 3};

/**
The same frames in pieces that never reach beyond the end of one, without those that hold no data. Node's decompressor (24.21) forgets what
follows a frame in the same write, and layers of zstd:chunked have a frame for each file. Bytes that are no frame are passed on, for the
decompressor to complain about.
*/
export async function* zstdFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	const field = Buffer.alloc(4);
	let filled = 0;
	let step: Step = 'magic';
	let left = 0;
	let isDropped = false;
	let hasChecksum = false;
	let isLastBlock = false;

	/** A field of the format is complete: what comes next? */
	const onField = (): void => {
		if (step === 'magic') {
			const magic = field.readUInt32LE(0);
			isDropped = isSkippableFrame(magic);
			step = isDropped ? 'skippable' : 'descriptor';
		} else if (step === 'skippable') {
			left = field.readUInt32LE(0);
			step = 'body';
			isLastBlock = true;
			hasChecksum = false;
		} else if (step === 'descriptor') {
			const descriptor = field[0] as number;
			const isSingleSegment = (descriptor & 0x20) !== 0;
			hasChecksum = (descriptor & 0x04) !== 0;
			const sizeFlag = (descriptor >> 6) as 0 | 1 | 2 | 3;
			left = (isSingleSegment ? 0 : 1) + dictionaryBytes[(descriptor & 3) as 0 | 1 | 2 | 3] + (sizeFlag === 0 && isSingleSegment ? 1 : contentSizeBytes[sizeFlag]);
			step = 'header';
		} else {
			const header = field.readUIntLE(0, 3);
			isLastBlock = (header & 1) !== 0;
			// A run-length block holds one byte, whatever it stands for.
			left = ((header >> 1) & 3) === 1 ? 1 : header >> 3;
			step = 'body';
		}
	};

	/** A stretch of bytes has passed. True at the end of a frame. */
	const onPassed = (): boolean => {
		if (step === 'body' && isLastBlock && hasChecksum) {
			step = 'checksum';
			left = 4;
			return false;
		}
		const isEnd = step === 'checksum' || (step === 'body' && isLastBlock);
		step = isEnd ? 'magic' : 'block';
		return isEnd;
	};

	for await (const chunk of source) {
		let from = 0;
		let at = 0;
		while (at < chunk.length) {
			const wanted = fieldBytes[step];
			if (wanted !== undefined) {
				const count = Math.min(wanted - filled, chunk.length - at);
				chunk.copy(field, filled, at, at + count);
				filled += count;
				at += count;
				if (filled < wanted) {
					// Until it is known whose magic this is, it is nobody's.
					if (step === 'magic') from = at;
					break;
				}
				filled = 0;
				const wasMagic = step === 'magic';
				onField();
				if (wasMagic) {
					from = at;
					if (!isDropped) yield Buffer.from(field);
				}
				if (fieldBytes[step] !== undefined || left > 0) continue;
			}
			const count = Math.min(left, chunk.length - at);
			left -= count;
			at += count;
			while (left === 0 && fieldBytes[step] === undefined) {
				if (!onPassed()) continue;
				if (!isDropped && at > from) yield chunk.subarray(from, at);
				from = at;
			}
		}
		if (!isDropped && at > from) yield chunk.subarray(from, at);
	}
	// Less than a magic number at the end: the decompressor shall see that something is missing.
	if (step === 'magic' && filled > 0) yield Buffer.from(field.subarray(0, filled));
}
