import type {Containerd, Images} from '../../clients/containerd/types.ts';
import {Failure, failing, isFailure} from '../../errors.ts';
import type {Image} from '../../model/image.ts';
import {usersOf} from './inspect.ts';
import type {CallSignal} from './types.ts';

export type RemoveDependencies = {
	readonly containerd: {
		readonly images: Pick<Images, 'create' | 'remove'>;
		readonly containers: Pick<Containerd['containers'], 'list'>;
		readonly tasks: Pick<Containerd['tasks'], 'list'>;
	};
};

/** The garbage collector may have much to delete. */
const syncTimeoutMs = 120_000;

/** The name nerdctl gives to what a forced removal must keep. */
const placeholder = ':';

/**
Remove one name. The content goes with the last one, when the garbage collector comes; we wait for that unless told not to.
A name that a container uses is refused. Forced, the name of a running container's image is moved to a placeholder, since without any name
the collector would take the layers under its feet.
*/
export const remove = async (
	{containerd}: RemoveDependencies,
	image: Image,
	{force = false, async = false, signal}: CallSignal & {readonly force?: boolean; readonly async?: boolean} = {},
): Promise<void> => {
	const calling = signal === undefined ? {} : {signal};
	const {namespace, name} = image;
	try {
		const users = new Set((await usersOf({containerd}, image, calling)).map(user => user.id));
		const live =
			users.size === 0
				? []
				: (await containerd.tasks.list(namespace, calling)).filter(task => task.status !== 'stopped' && users.has(task.containerId));
		if (users.size > 0 && !force) {
			const [first] = live.length > 0 ? live.map(task => task.containerId) : users;
			throw new Failure(
				'conflict',
				`${live.length > 0 ? 'running' : 'stopped'} container ${first?.slice(0, 12)} uses it${users.size > 1 ? `, and ${users.size - 1} more` : ''}`,
				{
					hint: 'remove the container first, or force the removal',
				},
			);
		}
		if (live.length > 0) await keep(containerd.images, image, calling);
		await containerd.images.remove(namespace, name, async ? calling : {...calling, sync: true, timeoutMs: syncTimeoutMs});
	} catch (error) {
		throw failing(`remove ${name}`, error);
	}
};

/** One placeholder may be taken by another image already: then a name of its own. */
const keep = async (images: Pick<Images, 'create'>, image: Image, options: CallSignal): Promise<void> => {
	for (const name of [placeholder, `<none>@${image.target.digest}`]) {
		try {
			await images.create({...image, name}, options);
			return;
		} catch (error) {
			if (!isFailure(error, 'already-exists')) throw error;
		}
	}
};
