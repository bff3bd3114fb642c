import type {Image} from '../../model/image.ts';
import {ImagesService, Image as WireImage} from '../../protocol/generated/images.ts';
import {type Caller, slowMs, unary} from './call.ts';
import {fromDescriptor, toDescriptor} from './descriptors.ts';
import {list} from './lists.ts';
import {epochMs} from './time.ts';
import type {Images} from './types.ts';

const toImage = (namespace: string, wire: WireImage | undefined): Image => ({
	namespace,
	name: wire?.name ?? '',
	labels: wire?.labels ?? {},
	target: toDescriptor(wire?.target),
	createdAt: epochMs(wire?.createdAt),
	updatedAt: epochMs(wire?.updatedAt),
});

const toWire = ({name, labels, target}: Image): WireImage => ({
	name,
	labels: {...labels},
	target: fromDescriptor(target),
	createdAt: undefined,
	updatedAt: undefined,
});

export const createImages = (caller: Caller): Images => ({
	async list(namespace, options) {
		const request = {filters: [...(options?.filters ?? [])]};
		return list({call: caller(namespace, options), method: ImagesService.list, request}, WireImage, image => toImage(namespace, image));
	},

	async get(namespace, name, options) {
		const {image} = await unary(caller(namespace, options), ImagesService.get, {name});
		return toImage(namespace, image);
	},

	async create(image, options) {
		const answer = await unary(caller(image.namespace, options), ImagesService.create, {image: toWire(image), sourceDateEpoch: undefined});
		return toImage(image.namespace, answer.image);
	},

	async update(image, fieldPaths, options) {
		const updateMask = fieldPaths === undefined ? undefined : [...fieldPaths];
		const answer = await unary(caller(image.namespace, options), ImagesService.update, {image: toWire(image), updateMask, sourceDateEpoch: undefined});
		return toImage(image.namespace, answer.image);
	},

	async remove(namespace, name, options) {
		await unary(caller(namespace, options, slowMs), ImagesService.delete, {name, sync: options?.sync ?? false, target: undefined});
	},
});
