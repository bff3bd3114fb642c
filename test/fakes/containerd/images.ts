import {status} from '@grpc/grpc-js';
import {type Image, ImageCreate, ImageDelete, type ImagesService, ImageUpdate} from '../../../source/protocol/generated/images.ts';
import {fieldsOf, matcher} from './filters.ts';
import {alreadyExists, type Handlers, notFound, refusal} from './serve.ts';
import {maskedLabels, payload, type State} from './state.ts';

const lookup = ({name, labels, target}: Image) =>
	fieldsOf({name, 'target.digest': target?.digest ?? '', 'target.mediatype': target?.mediaType ?? ''}, labels);

export const imageHandlers = (state: State): Handlers<ImagesService> => {
	const find = (namespace: string, name: string): Image => {
		const image = state.peek(namespace).images.get(name);
		if (image === undefined) throw notFound(`image ${JSON.stringify(name)}`);
		return image;
	};

	return {
		get: ({name}, {namespace}) => ({image: find(namespace, name)}),
		list: ({filters}, {namespace}) => {
			const matches = matcher(filters);
			return {images: [...state.peek(namespace).images.values()].filter(image => matches(lookup(image)))};
		},
		create: ({image}, {namespace}) => {
			if (image === undefined || image.name === '') throw refusal(status.INVALID_ARGUMENT, 'image name must not be empty: invalid argument');
			const {images} = state.space(namespace);
			if (images.has(image.name)) throw alreadyExists(`image ${JSON.stringify(image.name)}`);
			const made = {...image, createdAt: state.now(), updatedAt: state.now()};
			images.set(made.name, made);
			state.publish(namespace, '/images/create', payload('containerd.services.images.v1.ImageCreate', ImageCreate, {name: made.name, labels: made.labels}));
			return {image: made};
		},
		update: ({image, updateMask}, {namespace}) => {
			const old = find(namespace, image?.name ?? '');
			const labels = maskedLabels(old.labels, image!.labels, updateMask);
			const takesTarget = updateMask === undefined || updateMask.length === 0 || updateMask.some(path => path.startsWith('target'));
			const made = {...old, labels, target: takesTarget ? image!.target : old.target, updatedAt: state.now()};
			state.space(namespace).images.set(made.name, made);
			state.publish(namespace, '/images/update', payload('containerd.services.images.v1.ImageUpdate', ImageUpdate, {name: made.name, labels}));
			return {image: made};
		},
		delete: ({name}, {namespace}) => {
			find(namespace, name);
			state.space(namespace).images.delete(name);
			state.publish(namespace, '/images/delete', payload('containerd.services.images.v1.ImageDelete', ImageDelete, {name}));
			return {};
		},
	};
};
