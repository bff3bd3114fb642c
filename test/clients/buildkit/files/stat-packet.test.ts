import {expect, test} from 'vitest';
import {statPacket} from '../../../../source/clients/buildkit/files/stat-packet.ts';
import {Packet, Packet_PacketType, type Stat} from '../../../../source/protocol/generated/buildkit-fsutil.ts';

const plain: Stat = {path: Buffer.from('a/file'), mode: 0o644, uid: 0, gid: 0, size: 10n, modTime: 1_700_000_000_123_456_789n, linkname: Buffer.alloc(0), devmajor: 0n, devminor: 0n, xattrs: {}};

const edges = [0n, 1n, 127n, 128n, 16_383n, 16_384n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 48n, 2n ** 49n - 1n, 2n ** 49n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 56n - 1n, 2n ** 62n + 12_345n, 2n ** 63n - 1n, -1n];

const cases: ReadonlyArray<readonly [what: string, stat: Stat]> = [
	['a file', plain],
	['a folder', {...plain, mode: 0x80_00_01_ed, size: 0n}],
	['a link', {...plain, mode: 0x08_00_01_ff, linkname: Buffer.from('../somewhere')}],
	['a device', {...plain, mode: 0x04_20_01_b6, devmajor: 1n, devminor: 300n}],
	['an owner', {...plain, uid: 4_294_967_295, gid: 1000}],
	['a name that is no text', {...plain, path: Buffer.from([0x66, 0xff, 0xfe])}],
	['attributes', {...plain, xattrs: {'security.capability': Buffer.from([1, 0, 2])}}],
	...[1, 20, 31, 32, 100, 127, 128, 4000, 16_300, 16_400].map((length): [string, Stat] => [`a name of ${length} bytes`, {...plain, path: Buffer.alloc(length, 'n')}]),
	...edges.flatMap((value): Array<[string, Stat]> => [
		[`the time ${value}`, {...plain, modTime: value}],
		[`the size ${value}`, {...plain, size: value}],
	]),
];

test.each(cases)('%s is the same bytes as by the generated code', (_what, stat) => {
	const generated = Packet.encode({type: Packet_PacketType.STAT, stat, id: 0, data: new Uint8Array(0)}).finish();
	expect(Buffer.from(statPacket(stat)).toString('hex')).toBe(Buffer.from(generated).toString('hex'));
});
