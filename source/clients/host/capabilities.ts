import {readFileSync} from 'node:fs';
import {capabilityNames} from '../../model/capability-names.ts';
import {hostFailure} from './missing.ts';

/** What a process may do now (`CapEff`). runc can give a container only what the shim that runs it has itself. */
export const readCapabilities = async (pid: number, proc = '/proc'): Promise<readonly string[]> => {
	let status: string;
	try {
		status = readFileSync(`${proc}/${pid}/status`, 'utf8');
	} catch (error) {
		throw hostFailure(`read the capabilities of process ${pid}`, error);
	}
	const bits = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
	return capabilityNames.filter((_, number) => (bits >> BigInt(number)) & 1n);
};
