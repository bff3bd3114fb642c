import type {Namespaces} from '../../clients/containerd/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {Namespace} from '../../model/namespace.ts';
import type {NamespaceSignal} from './types.ts';

/** containerd's identifier rule. */
const identifier = /^[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*$/;
const mostLength = 76;

type Writes = {readonly containerd: {readonly namespaces: Pick<Namespaces, 'create' | 'setLabels'>}};

export const create = async (
	{containerd}: Writes,
	name: string,
	{labels = {}, ...options}: NamespaceSignal & {readonly labels?: Readonly<Record<string, string>>} = {},
): Promise<Namespace> => {
	try {
		if (!identifier.test(name) || name.length > mostLength) {
			throw new Failure('invalid', 'this can not be the name of a namespace', {
				hint: `use letters, digits, and single . _ - between them, at most ${mostLength}`,
			});
		}
		return await containerd.namespaces.create({name, labels}, options);
	} catch (error) {
		throw failing(`create namespace ${name}`, error);
	}
};

export const update = async (
	{containerd}: Writes,
	name: string,
	labels: Readonly<Record<string, string | undefined>>,
	options: NamespaceSignal = {},
): Promise<Namespace> => {
	try {
		return await containerd.namespaces.setLabels(name, labels, options);
	} catch (error) {
		throw failing(`label namespace ${name}`, error);
	}
};
