import {PassThrough} from 'node:stream';
import {Failure} from '../../errors.ts';
import type {Command} from '../types.ts';
import {buildDirectory} from './build-form.ts';
import {startBuild} from './build-start.ts';
import {wordsOfRequest} from './build-words.ts';
import {meantBy, nameOf, noFiles} from './compose-meant.ts';

/** On a service what its `build` says; the containers stay as they are. On a whole project there is a directory to build, as everywhere. */
export const buildServices: Command = {
	id: 'projects.build',
	title: 'Build the image of a service, and touch no container',
	scope: 'projects',
	keys: ['B'],
	changes: true,
	refusal: (state) => ((meantBy(state)?.services.length ?? 0) === 0 ? undefined : noFiles(state)),
	nerdctl: (state) => {
		const meant = meantBy(state);
		if (meant === undefined || meant.services.length === 0) return buildDirectory.nerdctl?.(state);
		return `nerdctl compose${meant.row.source?.files.map((file) => ` -f ${file}`).join('') ?? ''} -p ${meant.row.project.name} build ${meant.services.join(' ')}`;
	},
	run: async (context) => {
		const {store, services} = context;
		const meant = meantBy(store.get());
		const source = meant?.row.source;
		if (meant === undefined || source === undefined || meant.services.length === 0) return buildDirectory.run(context);
		const {project} = await services.compose.read(source);
		const built = meant.services.filter((name) => project.services[name]?.build !== undefined);
		if (built.length === 0) throw new Failure('invalid', `Nothing of ${nameOf(meant)} is built: its images come from a registry`, {hint: 'pull them in the Images pane'});
		const compose = await services.compose.at(meant.row.namespace);
		// What can't be meant is told before the first of them begins.
		const requests = built.map((name) => compose.buildRequest(project, name));
		for (const request of requests) startBuild(context, {args: wordsOfRequest(request), workingFolder: request.workingFolder}, {request: {...request, address: '', stdout: new PassThrough()}, host: undefined});
	},
};
