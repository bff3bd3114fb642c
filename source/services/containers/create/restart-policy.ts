import {Failure} from '../../../errors.ts';
import type {CreateRequest} from '../../../model/create-request.ts';
import type {Making} from './types.ts';

/** What a monitor can do that says nothing of it: containerd before 1.7. */
const oldest = ['always'];

/** containerd's monitor is who restarts: what it can't do must not be promised. */
export const checkRestartPolicy = async ({plugins}: Pick<Making, 'plugins'>, {restart}: Pick<CreateRequest, 'restart'>, options: {readonly signal?: AbortSignal}): Promise<void> => {
	if (restart.kind === 'no') return;
	const monitor = (await plugins(options)).find(({id}) => id === 'restart');
	if (monitor === undefined || monitor.initError !== undefined)
		throw new Failure('unsupported', `--restart=${restart.kind} needs containerd's restart monitor, and it does not run`, {hint: "leave it out, or enable containerd's plugin restart"});
	const known = monitor.capabilities.length === 0 ? oldest : monitor.capabilities;
	if (!known.includes(restart.kind))
		throw new Failure('unsupported', `unsupported restart policy ${JSON.stringify(restart.kind)}: this containerd knows ${known.join(', ')}`, {hint: 'use one of those'});
};
