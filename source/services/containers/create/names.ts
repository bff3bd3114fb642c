import {Failure} from '../../../errors.ts';
import {labels} from '../../../model/labels.ts';
import {findReference} from '../../../model/reference.ts';
import type {Container} from '../../../model/container.ts';
import type {Uses} from '../dependencies.ts';

/** nerdctl's rule for the names of containers. */
const identifier = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** As nerdctl makes one: the image's last part and the beginning of the id. */
export const suggestName = (imageName: string | undefined, id: string): string => {
	const path = imageName === undefined ? undefined : findReference(imageName)?.path;
	return `${path?.split('/').at(-1) ?? 'untitled'}-${id.slice(0, 5)}`;
};

export const checkName = (name: string): void => {
	if (!identifier.test(name))
		throw new Failure('invalid', `${JSON.stringify(name)} can't be the name of a container`, {hint: 'use at least two of letters, digits, _ . and -, the first a letter or digit'});
};

/**
The name store lets a name go while its container has no task: whether it is somebody's is told by the labels as well. `makeWay` may take the holder away.
*/
export const refuseTaken = async ({containerd}: Uses<{containers: 'list'}>, namespace: string, name: string, options: {readonly signal?: AbortSignal}, makeWay: (holder: Container) => Promise<boolean> = async () => false): Promise<void> => {
	const filters = [`labels.${JSON.stringify(labels.name)}==${JSON.stringify(name)}`];
	for await (const batch of containerd.containers.list(namespace, {...options, filters})) {
		for (const holder of batch) {
			if (await makeWay(holder)) continue;
			throw new Failure('already-exists', `The name ${name} is already used by container ${holder.id.slice(0, 12)}`, {hint: 'choose another name, or remove that container'});
		}
	}
};
