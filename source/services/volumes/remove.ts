import {Failure, failing, isAbort, type Outcome} from '../../errors.ts';
import type {LooksAtVolumes} from './dependencies.ts';
import {list} from './list.ts';
import type {CallSignal} from './types.ts';
import {users} from './users.ts';

/** Who mounts it is asked while nobody can make a container with it: whoever makes one holds the volumes until its record exists. */
export const remove = async (dependencies: LooksAtVolumes, namespace: string, name: string, options: CallSignal = {}): Promise<void> => {
	const {host} = dependencies;
	try {
		const release = await host.holdVolumes(namespace, options);
		try {
			if (!(await list(dependencies, namespace)).some(volume => volume.name === name)) throw new Failure('not-found', 'there is no volume of this name');
			const mounting = (await users(dependencies, namespace, options)).get(name) ?? [];
			if (mounting.length > 0) {
				throw new Failure('conflict', `it is in use by ${mounting.map(({id}) => id.slice(0, 12)).join(', ')}`, {hint: 'remove the container first'});
			}
			await host.dropVolume(namespace, name);
		} finally {
			await release();
		}
	} catch (error) {
		throw failing(`remove volume ${name}`, error);
	}
};

export const prune = async (dependencies: LooksAtVolumes, namespace: string, {all = false, ...options}: CallSignal & {readonly all?: boolean} = {}): Promise<Outcome<string>> => {
	const {host} = dependencies;
	const done: string[] = [];
	const failed: Array<{readonly id: string; readonly error: unknown}> = [];
	const release = await host.holdVolumes(namespace, options);
	try {
		const mounted = await users(dependencies, namespace, options);
		for (const {name, isAnonymous} of await list(dependencies, namespace)) {
			if (mounted.has(name) || !(all || isAnonymous)) continue;
			options.signal?.throwIfAborted();
			try {
				await host.dropVolume(namespace, name);
				done.push(name);
			} catch (error) {
				if (isAbort(error)) throw error;
				failed.push({id: name, error: failing(`remove volume ${name}`, error)});
			}
		}
		return {done, failed};
	} finally {
		await release();
	}
};
