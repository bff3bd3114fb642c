import type {FrameReader} from '../grpc/index.ts';

/** Before every message: whether it is compressed, and how long it is. */
const headBytes = 5;
const dataField = 2;

/** A varint at the position, and where it ends; undefined when it is cut. */
const varintAt = (bytes: Buffer, start: number): {readonly value: number; readonly end: number} | undefined => {
	let value = 0;
	for (let at = start, scale = 1; at < bytes.length; at++, scale *= 128) {
		const byte = bytes[at]!;
		value += (byte % 128) * scale;
		if (byte < 128) return {value, end: at + 1};
		if (at - start > 9) throw new Error('a number that does not end');
	}
	return undefined;
};

/**
The bytes of the `data` of ReadContentResponses, as they come and uncopied: one message is a megabyte, and putting its sixty pieces together
to take it apart again would cost more than everything else that is done with them. What is not data is small, and held until it is whole.
*/
export const createDataReader = (): FrameReader => {
	let held: Buffer = Buffer.alloc(0);
	/** Of the message, and of the data in it, what is still to come. */
	let message = 0;
	let data = 0;

	/** What stands before the next data; the length of what was understood, or undefined when it is cut. */
	const understand = (bytes: Buffer): number | undefined => {
		if (message === 0) {
			if (bytes.length < headBytes) return undefined;
			if (bytes[0] !== 0) throw new Error(bytes[0] === 1 ? 'a compressed message, which was not asked for' : 'no gRPC message');
			message = bytes.readUInt32BE(1);
			return headBytes;
		}
		const tag = varintAt(bytes, 0);
		const number = tag === undefined ? undefined : varintAt(bytes, tag.end);
		if (tag === undefined || number === undefined) return undefined;
		const wireType = tag.value % 8;
		if (wireType !== 0 && wireType !== 2) throw new Error(`a field of an unknown kind, ${wireType}`);
		const isData = wireType === 2 && Math.floor(tag.value / 8) === dataField;
		const whole = wireType === 2 && !isData ? number.end + number.value : number.end;
		if (whole + (isData ? number.value : 0) > message) throw new Error('a field that is longer than its message');
		if (bytes.length < whole) return undefined;
		message -= whole;
		if (isData) data = number.value;
		return whole;
	};

	return {
		push: piece => {
			let rest = held.length === 0 ? piece : Buffer.concat([held, piece]);
			held = Buffer.alloc(0);
			const found: Buffer[] = [];
			while (rest.length > 0) {
				if (data > 0) {
					const taken = rest.subarray(0, data);
					found.push(taken);
					data -= taken.length;
					message -= taken.length;
					rest = rest.subarray(taken.length);
					continue;
				}
				const understood = understand(rest);
				if (understood === undefined) {
					held = rest;
					break;
				}
				rest = rest.subarray(understood);
			}
			return found;
		},
		isEmpty: () => held.length === 0 && message === 0,
	};
};
