import {Failure} from '../../errors.ts';
import type {ResourcesRequest} from '../create-request.ts';
import {parseBytes} from './bytes.ts';

type BlockDevice = ResourcesRequest['blkioDevices'][number];

/** `DEVICE:VALUE`: a weight of 10 to 1000, bytes per second with or without a unit, or operations per second. */
export const parseBlockDevice = (flag: string, kind: BlockDevice['kind'], text: string): BlockDevice => {
	const at = text.lastIndexOf(':');
	const [path, said] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
	if (!path.startsWith('/dev/')) throw new Failure('invalid', `bad format for --${flag}: ${text}`, {hint: 'write it as /dev/sda:VALUE'});
	const value = kind === 'readBps' || kind === 'writeBps' ? parseBytes(said) : /^\d{1,15}$/.test(said) ? Number(said) : undefined;
	if (value === undefined || (kind === 'weight' && value !== 0 && (value < 10 || value > 1000)))
		throw new Failure('invalid', `invalid ${kind === 'weight' ? 'weight' : 'rate'} for --${flag}: ${text}`, {hint: kind === 'weight' ? 'it is 10 to 1000' : 'it is a whole number, for bytes with a unit such as mb'});
	return {kind, path, value};
};
