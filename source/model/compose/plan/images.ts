import {imageOf} from '../hash.ts';
import {inOrder} from '../graph.ts';
import type {Project} from '../project.ts';
import {createDraft} from './draft.ts';
import type {Observed, Plan} from './types.ts';

export type ImagesOptions = {
	readonly verb: 'pull' | 'build';
	/** `pull`: what is here already stays as it is. */
	readonly onlyMissing?: boolean;
	/** `pull`: what could be built is left out. */
	readonly ignoreBuildable?: boolean;
};

/** The images of a project's services by themselves, once each however many services run it. */
export const planImages = (project: Project, {images}: Pick<Observed, 'images'>, {verb, onlyMissing = false, ignoreBuildable = false}: ImagesOptions): Plan => {
	const draft = createDraft();
	const planned = new Set<string>();
	for (const name of inOrder(project.services)) {
		const service = project.services[name] ?? {};
		const image = imageOf(project, name, service);
		if (planned.has(image)) continue;
		if (verb === 'build') {
			if (service.build === undefined) continue;
			planned.add(image);
			draft.add({kind: 'build image', service: name, name: image}, 'it was asked for');
			continue;
		}
		// What has no name of its own can only come from a build.
		if (service.image === undefined || service.pull_policy === 'never' || service.pull_policy === 'build') continue;
		if (service.build !== undefined && ignoreBuildable) continue;
		const policy = onlyMissing || service.pull_policy === 'missing' || service.pull_policy === 'if_not_present' ? 'missing' : 'always';
		if (policy === 'missing' && images[image] !== undefined) continue;
		planned.add(image);
		draft.add({kind: 'pull image', service: name, name: image}, policy === 'missing' ? 'it is not here' : 'it was asked for');
	}
	return {project: project.name, operations: draft.operations, warnings: draft.warnings};
};
