import {DiffService} from '../../protocol/generated/diff.ts';
import {type Caller, unary} from './call.ts';
import {fromDescriptor, fromMount, toDescriptor} from './descriptors.ts';
import type {Diff} from './types.ts';

/** No deadline of our own: a layer can be gigabytes, and the caller can abort. */
export const createDiff = (caller: Caller): Diff => ({
	async apply(namespace, layer, mounts, options) {
		const {applied} = await unary(caller(namespace, options, 'none'), DiffService.apply, {
			diff: fromDescriptor(layer),
			mounts: mounts.map(mount => fromMount(mount)),
			payloads: {},
			syncFs: false,
		});
		return toDescriptor(applied);
	},

	async create(namespace, lower, upper, options) {
		const {diff} = await unary(caller(namespace, options, 'none'), DiffService.diff, {
			left: lower.map(mount => fromMount(mount)),
			right: upper.map(mount => fromMount(mount)),
			mediaType: options?.mediaType ?? '',
			ref: options?.ref ?? '',
			labels: {...options?.labels},
			sourceDateEpoch: undefined,
		});
		return toDescriptor(diff);
	},
});
