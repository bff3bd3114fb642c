import {Failure} from '../../errors.ts';
import {capabilityNames} from '../capability-names.ts';
import type {SecurityRequest} from '../create-request.ts';
import {defaultCapabilities} from '../docker-spec.ts';

/** `net_admin` and `CAP_NET_ADMIN` are one. */
const canonical = (name: string): string => {
	const upper = name.toUpperCase();
	return upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
};

const isAll = (name: string): boolean => name.toUpperCase() === 'ALL';

/** runc leaves out a name that it does not know, and says so in a log that nobody reads. */
const refuseUnknown = (names: readonly string[], current: readonly string[]): void => {
	const odd = names.find(name => !isAll(name) && !capabilityNames.includes(canonical(name)) && !current.includes(canonical(name)));
	if (odd !== undefined) throw new Failure('invalid', `unknown capability: ${JSON.stringify(odd)}`, {hint: 'name one of capabilities(7) such as NET_ADMIN, or ALL'});
};

/**
What the container may do. `current` is what we may do ourselves: `ALL` means that, since a runtime can't give more. As nerdctl reads it, dropping ALL
comes before what is added, and dropping single ones after; a privileged container has all, whatever is dropped.
*/
export const capabilitiesOf = ({privileged, capAdd, capDrop}: Pick<SecurityRequest, 'privileged' | 'capAdd' | 'capDrop'>, current: readonly string[]): readonly string[] => {
	refuseUnknown([...capAdd, ...capDrop], current);
	if (privileged) return current;
	const dropsAll = capDrop.some(isAll);
	const added = capAdd.some(isAll) ? current : [...(dropsAll ? [] : defaultCapabilities), ...capAdd.map(canonical)];
	const dropped = new Set(dropsAll ? [] : capDrop.map(canonical));
	return [...new Set(added)].filter(name => !dropped.has(name));
};
