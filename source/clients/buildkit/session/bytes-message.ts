import {Failure} from '../../../errors.ts';
import {varint} from '../files/packets.ts';

/** Three services have a message of their own called BytesMessage, and in bytes they are all the same: field 1, length-delimited. */
const dataTag = 0x0a;

const grpcHeadBytes = 5;

/** What goes before the bytes: gRPC's head and the message's. The bytes themselves are never copied. */
export const bytesMessageHead = (length: number): Buffer => {
	const message = length === 0 ? [] : [dataTag, ...varint(length)];
	const head = Buffer.from([0, 0, 0, 0, 0, ...message]);
	head.writeUInt32BE(message.length + length, 1);
	return head;
};

export type BytesReader = {
	/** The payload in what came, as parts of it. Throws when it is something else. */
	push(piece: Buffer): readonly Buffer[];
	/** Whether a message is not complete. */
	isWithin(): boolean;
};

const garbled = (what: string): Failure => new Failure('invalid', `what came is no stream of bytes: ${what}`);

/** Takes gRPC's framing and the messages' off a stream, wherever it is cut, without waiting for any message to be whole. */
export const createBytesReader = (): BytesReader => {
	let head: number[] = [];
	/** Of the message after gRPC's head: its bytes that are to come, and those of them that are payload. */
	let left = 0;
	let payload = 0;

	const takeHead = (byte: number): void => {
		head.push(byte);
		if (head.length < grpcHeadBytes) return;
		if (head.length === grpcHeadBytes) {
			if (head[0] !== 0) throw garbled('it is compressed, or no gRPC');
			left = Buffer.from(head).readUInt32BE(1);
			if (left === 0) head = [];
			return;
		}

		left -= 1;
		if (head.length === grpcHeadBytes + 1) {
			if (byte !== dataTag) throw garbled(`a field of tag ${byte}`);
			return;
		}

		if (byte >= 128) {
			if (head.length > grpcHeadBytes + 5) throw garbled('a length without end');
			return;
		}

		payload = head.slice(grpcHeadBytes + 1).reduceRight((sum, part) => sum * 128 + (part & 127), 0);
		if (payload !== left) throw garbled(`${payload} bytes in a message that has ${left}`);
		head = [];
	};

	return {
		push: piece => {
			const found: Buffer[] = [];
			let at = 0;
			while (at < piece.length) {
				if (payload > 0) {
					const part = piece.subarray(at, at + payload);
					found.push(part);
					at += part.length;
					payload -= part.length;
				} else takeHead(piece[at++]!);
			}

			return found;
		},
		isWithin: () => payload > 0 || head.length > 0,
	};
};
