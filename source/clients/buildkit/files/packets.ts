import {Packet, Packet_PacketType} from '../../../protocol/generated/buildkit-fsutil.ts';

export const packetType = Packet_PacketType;

/** Seven bits a byte, the lowest first. */
export const varint = (value: number): number[] => {
	const bytes: number[] = [];
	for (let rest = value; ; rest = Math.floor(rest / 128)) {
		if (rest < 128) return [...bytes, rest];
		bytes.push((rest % 128) + 128);
	}
};

const nothing: Packet = {type: packetType.STAT, stat: undefined, id: 0, data: new Uint8Array(0)};

/** After the last of them. In bytes it is nothing at all. */
export const noMoreStats = new Uint8Array(0);

const typeTag = 0x08;
const idTag = 0x18;
const dataTag = 0x22;

/** Goes before the bytes themselves, so that those are never copied into a message. */
export const dataHead = (id: number, length: number): Uint8Array =>
	Buffer.from([typeTag, packetType.DATA, ...(id === 0 ? [] : [idTag, ...varint(id)]), ...(length === 0 ? [] : [dataTag, ...varint(length)])]);

export const requestPacket = (id: number): Uint8Array => Packet.encode({...nothing, type: packetType.REQ, id}).finish();

export const finPacket: Uint8Array = Buffer.from([typeTag, packetType.FIN]);

export const errorPacket = (message: string): Uint8Array => Packet.encode({...nothing, type: packetType.ERR, data: Buffer.from(message)}).finish();

export const readPacket = (bytes: Buffer): Packet => Packet.decode(bytes);
