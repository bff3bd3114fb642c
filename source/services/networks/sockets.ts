import {readFileSync} from 'node:fs';
import {readdir, readlink} from 'node:fs/promises';
import {basename} from 'node:path';
import {type IpAddress, parseAddress} from '../../model/ip-network.ts';

/** Somebody of this machine's own network who holds a port. */
export type Socket = {readonly protocol: 'tcp' | 'udp'; readonly address: IpAddress; readonly port: number; readonly inode: string};

/** Connections that are over and only waited for hold no port that could not be bound. */
const timeWait = '06';
const closeWait = '08';

/** Groups of four bytes, each in the machine's byte order. */
const addressFrom = (hex: string): IpAddress => {
	const bytes = Buffer.from(hex, 'hex');
	for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
	return {family: bytes.length === 4 ? 4 : 6, value: BigInt(`0x${bytes.toString('hex')}`)};
};

export const readSockets = (protocol: 'tcp' | 'udp', table: string): readonly Socket[] =>
	table
		.split('\n')
		.slice(1)
		.map(line => line.trim().split(/\s+/))
		.filter(fields => fields.length >= 10 && fields[3] !== timeWait && fields[3] !== closeWait)
		.map(fields => {
			const [hex = '', port = ''] = fields[1]!.split(':');
			return {protocol, address: addressFrom(hex), port: Number.parseInt(port, 16), inode: fields[9]!};
		});

export const liveSockets = (protocol: string): readonly Socket[] => {
	if (protocol !== 'tcp' && protocol !== 'udp') return [];
	return [protocol, `${protocol}6`].flatMap(name => {
		try {
			return readSockets(protocol, readFileSync(`/proc/net/${name}`, 'utf8'));
		} catch {
			// No IPv6 on this machine.
			return [];
		}
	});
};

/** `::` of a socket takes IPv4 as well, unless it says otherwise, which the table does not tell. */
const isAny = ({value}: IpAddress): boolean => value === 0n;

export const collide = (host: string, address: IpAddress): boolean => {
	const wanted = parseAddress(host === '' ? '0.0.0.0' : host);
	if (wanted === undefined) return true;
	return isAny(wanted) || isAny(address) || (wanted.family === address.family && wanted.value === address.value);
};

const has = async (pid: string, inode: string): Promise<boolean> => {
	const directory = `/proc/${pid}/fd`;
	for (const fd of await readdir(directory).catch(() => [])) {
		if ((await readlink(`${directory}/${fd}`).catch(() => '')) === `socket:[${inode}]`) return true;
	}
	return false;
};

/** The program's file: a thread may have given the process another name. */
const programOf = async (pid: string): Promise<string> => basename(await readlink(`/proc/${pid}/exe`).catch(() => 'a program'));

/** The process that has the socket, as `name (pid)`; undefined when it is not ours to look at. Only asked when there is a conflict to tell. */
export const holderOf = async ({inode}: Socket): Promise<string | undefined> => {
	for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
		if (await has(pid, inode)) return `${await programOf(pid)} (process ${pid})`;
	}
	return undefined;
};
