import {Failure} from '../../../errors.ts';
import {select} from '../../../model/compose/select.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {projectOf} from './project.ts';
import {composeOf, printDryRun, teller} from './service.ts';

export const composePull = defineLine({
	verbs: ['compose pull'],
	summary: "Pull the images of a project's services",
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		ignoreBuildable: {type: 'boolean', help: 'Leave out images that can be built'},
		ignorePullFailures: {type: 'boolean', help: 'Pull what can be pulled, and only tell of the others'},
		includeDeps: {type: 'boolean', help: 'Also images of services that the named ones depend on'},
		policy: {type: 'string', default: 'always', placeholder: 'POLICY', help: 'missing or always'},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Say nothing of what is pulled'},
		dryRun: {type: 'boolean', help: 'Print what would be done, and why'},
	},
	refused: {parallel: 'images are pulled side by side', 'no-parallel': 'images are pulled side by side'},
	async run(context) {
		const {flags, args, signal} = context;
		if (flags.policy !== 'always' && flags.policy !== 'missing') throw new Failure('invalid', `--policy is ${JSON.stringify(flags.policy)}`, {hint: 'it is missing or always'});
		const {project: whole} = await projectOf(context, flags, {services: args});
		const project = select(whole, args, {dependencies: flags.includeDeps});
		const compose = await composeOf(context);
		const {onEvent, warn} = teller(context);
		const plan = await compose.images(
			project,
			{verb: 'pull', onlyMissing: flags.policy === 'missing', ignoreBuildable: flags.ignoreBuildable},
			{onEvent: flags.quiet ? () => undefined : onEvent, warn, signal, keepGoing: flags.ignorePullFailures, dryRun: flags.dryRun},
		);
		return flags.dryRun ? printDryRun(context, plan) : 0;
	},
});
