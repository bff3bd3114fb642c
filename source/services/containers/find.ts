import {Failure, failing} from '../../errors.ts';
import type {Container, ContainerRecord} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import type {Uses} from './dependencies.ts';
import {nameOf} from './name.ts';
import type {Progress} from './types.ts';

/** containerd's identifier alphabet: what else is asked for can only be a name. */
const couldBeId = /^[A-Za-z0-9._-]+$/;

/** nerdctl's lookup: exact name or exact id first, then a prefix of one id. The daemon filters, so that five thousand need not travel. */
export const find = async (
	{containerd}: Uses<{containers: 'list' | 'get'}>,
	namespace: string,
	nameOrId: string,
	options: Progress = {},
): Promise<ContainerRecord> => {
	try {
		if (nameOrId === '') throw new Failure('invalid', 'the name is empty');
		const filters = [`labels.${quote(labels.name)}==${quote(nameOrId)}`];
		if (couldBeId.test(nameOrId)) filters.push(`id~=${quote(`^${nameOrId.replaceAll('.', '\\.')}`)}`);
		const found: Container[] = [];
		for await (const batch of containerd.containers.list(namespace, {...options, filters})) found.push(...batch);
		return await containerd.containers.get(choose(found, nameOrId), options);
	} catch (error) {
		throw failing(`find ${nameOrId}`, error);
	}
};

const choose = (found: readonly Container[], nameOrId: string): Container => {
	const exact = found.filter(container => container.id === nameOrId || container.labels[labels.name] === nameOrId);
	const candidates = exact.length > 0 ? exact : found;
	const [first] = candidates;
	if (first === undefined) throw new Failure('not-found', 'no container has this name or id', {hint: 'list them with ps -a'});
	if (candidates.length > 1) {
		throw new Failure('conflict', `${candidates.length} containers match: ${candidates.slice(0, 5).map(nameOf).join(', ')}`, {
			hint: 'give more of the id',
		});
	}
	return first;
};

/** A quoted value of containerd's filter language, which unquotes as Go does; JSON's escapes are a subset of Go's. */
const quote = (text: string): string => JSON.stringify(text);
