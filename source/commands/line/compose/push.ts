import {isAbort} from '../../../errors.ts';
import {inOrder} from '../../../model/compose/graph.ts';
import {select} from '../../../model/compose/select.ts';
import {plainSentence} from '../failures.ts';
import {push} from '../push.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {projectOf} from './project.ts';

export const composePush = defineLine({
	verbs: ['compose push'],
	summary: "Push the images that are built for a project's services",
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		ignorePushFailures: {type: 'boolean', help: 'Push what can be pushed, and only tell of the others'},
		includeDeps: {type: 'boolean', help: 'Also images of services that the named ones depend on'},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Print the names of the images only'},
	},
	async run(context) {
		const {flags, args, stderr} = context;
		const {project: whole} = await projectOf(context, flags, {services: args});
		const {services} = select(whole, args, {dependencies: flags.includeDeps});
		const built = inOrder(services).filter(name => services[name]?.build !== undefined);
		// A name that the project makes up leads to no registry.
		const images = new Set(built.flatMap(name => services[name]?.image ?? []));
		for (const name of built) if (services[name]?.image === undefined) stderr.write(`${name}: its image has no name of its own, and is not pushed\n`);
		for (const image of images) {
			try {
				await push.run({...context, args: [image], flags: {platform: [], allPlatforms: false, allTags: false, allowNondistributableArtifacts: false, quiet: flags.quiet}});
			} catch (error) {
				if (!flags.ignorePushFailures || isAbort(error)) throw error;
				stderr.write(`${plainSentence(error)}\n`);
			}
		}
		return 0;
	},
});
