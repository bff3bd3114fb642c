import {Packet, Packet_PacketType, type Stat} from '../../../protocol/generated/buildkit-fsutil.ts';

const tags = {packetStat: 0x12, path: 0x0a, mode: 0x10, uid: 0x18, gid: 0x20, size: 0x28, modTime: 0x30, linkname: 0x3a, devmajor: 0x40, devminor: 0x48} as const;

/** Tags and numbers at their longest. */
const mostBesides = 96;

const lengthOf = (value: number): number => {
	let bytes = 1;
	for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
	return bytes;
};

const putNumber = (into: Buffer, from: number, value: number): number => {
	let at = from;
	let rest = value;
	// Past 31 bits the shifts of JavaScript lie.
	for (; rest > 0x7f_ff_ff_ff; rest = Math.floor(rest / 128)) into[at++] = (rest % 128) | 128;
	for (; rest >= 128; rest >>>= 7) into[at++] = (rest & 127) | 128;
	into[at++] = rest;
	return at;
};

const sevenGroups = (1n << 49n) - 1n;

/** A time in ns has more bits than a double: seven groups of seven are told as one, the rest as another. */
const putBig = (into: Buffer, from: number, value: bigint): number => {
	if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return putNumber(into, from, Number(value));
	let at = from;
	let low = Number(value & sevenGroups);
	for (let group = 0; group < 7; group++, low = Math.floor(low / 128)) into[at++] = (low % 128) | 128;
	return putNumber(into, at, Number(value >> 49n));
};

const putBytes = (into: Buffer, from: number, tag: number, bytes: Uint8Array): number => {
	if (bytes.length === 0) return from;
	into[from] = tag;
	const at = putNumber(into, from + 1, bytes.length);
	into.set(bytes, at);
	return at + bytes.length;
};

const put = (into: Buffer, from: number, tag: number, value: number | bigint): number => {
	if (value === 0 || value === 0n) return from;
	into[from] = tag;
	return typeof value === 'number' ? putNumber(into, from + 1, value) : putBig(into, from + 1, value);
};

/**
An entry of a tree as a message, the same bytes as the generated code makes, by hand: a context has tens of thousands of them, all sent
before anything else can happen.
*/
export const statPacket = (stat: Stat): Uint8Array => {
	const isUsual = stat.size >= 0n && stat.modTime >= 0n && stat.devmajor >= 0n && stat.devminor >= 0n && Object.keys(stat.xattrs).length === 0;
	if (!isUsual) return Packet.encode({type: Packet_PacketType.STAT, stat, id: 0, data: new Uint8Array(0)}).finish();
	const room = mostBesides + stat.path.length + stat.linkname.length;
	const into = Buffer.allocUnsafe(room);
	// The length goes before what it is of; so much is left for it.
	const begin = 1 + lengthOf(room);
	let at = putBytes(into, begin, tags.path, stat.path);
	at = put(into, at, tags.mode, stat.mode);
	at = put(into, at, tags.uid, stat.uid);
	at = put(into, at, tags.gid, stat.gid);
	at = put(into, at, tags.size, stat.size);
	at = put(into, at, tags.modTime, stat.modTime);
	at = putBytes(into, at, tags.linkname, stat.linkname);
	at = put(into, at, tags.devmajor, stat.devmajor);
	at = put(into, at, tags.devminor, stat.devminor);
	const length = at - begin;
	const start = begin - 1 - lengthOf(length);
	into[start] = tags.packetStat;
	putNumber(into, start + 1, length);
	return into.subarray(start, at);
};
