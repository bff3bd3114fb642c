import {Failure} from '../../../errors.ts';
import type {Service} from '../project.ts';
import type {Draft} from './draft.ts';

type ImageInput = {
	readonly image: string;
	/** Whether a container will be made of it. */
	readonly isNeeded: boolean;
	readonly isThere: boolean;
	readonly options: {readonly build: boolean; readonly neverBuild?: boolean; readonly fresh?: ReadonlySet<string>; readonly pull?: 'always' | 'missing' | 'never'};
	readonly draft: Draft;
	/** Operations by image: one image comes here once, however many services run it. */
	readonly planned: Map<string, number>;
};

const known = (policy: string): boolean => ['always', 'missing', 'if_not_present', 'never', 'build'].includes(policy);

/** How a service's image comes here, if it has to; answers what those who are made of it wait for. */
export const planImage = (service: string, {build, pull_policy: own}: Service, {image, isNeeded, isThere, options, draft, planned}: ImageInput): readonly number[] => {
	const add = (kind: 'pull image' | 'build image', because: string): readonly number[] => {
		const id = planned.get(`${kind} ${image}`) ?? draft.add({kind, service, name: image}, because);
		planned.set(`${kind} ${image}`, id);
		return [id];
	};
	if (options.fresh?.has(image) === true) return [];
	const policy = options.pull ?? own ?? 'missing';
	if (!known(policy)) draft.warn(`services.${service}.pull_policy ${policy} is taken as missing: nobody writes down when an image was pulled`);
	const mayBuild = build !== undefined && options.neverBuild !== true;
	if (mayBuild && (options.build || policy === 'build')) return add('build image', options.build ? 'it was asked for' : 'its service says so');
	if (policy === 'always' && build === undefined) return add('pull image', 'the pull policy is always');
	if (isThere || !isNeeded || policy === 'never') return [];
	if (build !== undefined && !mayBuild) throw new Failure('not-found', `the image ${image} of the service ${service} is not here, and none is to be built`, {hint: 'leave out --no-build'});
	return add(build === undefined ? 'pull image' : 'build image', 'it is not here');
};
