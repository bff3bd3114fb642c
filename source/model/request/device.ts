import {Failure} from '../../errors.ts';

export type DeviceWish = {readonly path: string; /** What the container calls it. */ readonly destination: string; /** Of `rwm`. */ readonly access: string};

/** `HOST[:CONTAINER][:ACCESS]`. */
export const parseDevice = (text: string): DeviceWish => {
	const fail = (why: string): never => {
		throw new Failure('invalid', `failed to parse device ${JSON.stringify(text)}: ${why}`, {hint: 'write it as /dev/x, /dev/x:/dev/y or /dev/x:/dev/y:rw'});
	};
	if (/^[^/][^/]*\/[^=]+=/.test(text)) fail('CDI devices are not supported');
	const [path = '', second, third, more] = text.split(':');
	if (more !== undefined) fail('there are too many colons');
	if (!path.startsWith('/')) fail(`${JSON.stringify(path)} is not an absolute path`);
	const isAccess = third === undefined && second !== undefined && !second.includes('/');
	const access = third ?? (isAccess ? second : 'rwm') ?? 'rwm';
	if (!/^[rwm]+$/.test(access)) fail(`${JSON.stringify(access)} is no set of r, w and m`);
	return {path, destination: second === undefined || second === '' || isAccess ? path : second, access};
};
