import type {SpecParts} from '../../../clients/host/index.ts';
import {Failure} from '../../../errors.ts';
import type {CreateRequest} from '../../../model/create-request.ts';
import type {RequestedDevice, SpecInput} from '../../../model/oci/index.ts';
import {parseDevice} from '../../../model/request/index.ts';

type Parts = Pick<SpecInput, 'host' | 'devices' | 'hostDevices' | 'blockDevices' | 'initPath'>;

const requested = async (specParts: SpecParts, text: string): Promise<readonly RequestedDevice[]> => {
	const wish = parseDevice(text);
	const devices = await specParts.devices(wish.path, wish.destination);
	return devices.map(device => ({device, access: wish.access}));
};

const initOf = async (specParts: SpecParts, {process}: CreateRequest): Promise<string | undefined> => {
	if (!process.init) return undefined;
	const name = process.initBinary ?? 'tini';
	const found = await specParts.findProgram(name);
	if (found === undefined) throw new Failure('not-found', `init binary ${JSON.stringify(name)} not found`, {hint: 'install it, or name another one with --init-binary'});
	return found;
};

/** What the request's words for devices and programs stand for on this machine. */
export const machineParts = async (specParts: SpecParts, request: CreateRequest): Promise<Parts> => {
	const {security, resources} = request;
	const [host, devices, hostDevices, blockDevices, initPath] = await Promise.all([
		specParts.facts({usesDefaultProfile: !security.privileged && security.apparmor === undefined}),
		Promise.all(resources.devices.map(device => requested(specParts, device))),
		security.privileged && !security.privilegedWithoutHostDevices ? specParts.hostDevices() : [],
		Promise.all(resources.blkioDevices.map(async ({path}) => [path, await specParts.blockDevice(path)] as const)),
		initOf(specParts, request),
	]);
	return {host, devices: devices.flat(), hostDevices, blockDevices: Object.fromEntries(blockDevices), ...(initPath === undefined ? {} : {initPath})};
};
