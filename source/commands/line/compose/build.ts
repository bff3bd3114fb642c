import {Failure} from '../../../errors.ts';
import type {Project} from '../../../model/compose/project.ts';
import {select} from '../../../model/compose/select.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {projectOf} from './project.ts';
import {composePush} from './push.ts';
import {composeOf, printDryRun, teller} from './service.ts';

type Wish = {readonly args: readonly string[]; readonly noCache: boolean; readonly pull: boolean; readonly ssh: readonly string[]};

/** A bare name takes its value from the environment that the project has. */
const argumentsOf = (said: readonly string[], {environment}: Project): Readonly<Record<string, string | null>> =>
	Object.fromEntries(
		said.map(text => {
			const at = text.indexOf('=');
			return at < 0 ? [text, environment.get(text) ?? null] : [text.slice(0, at), text.slice(at + 1)];
		}),
	);

const agentsOf = (said: readonly string[]): Readonly<Record<string, string | null>> =>
	Object.fromEntries(
		said.map(text => {
			const at = text.indexOf('=');
			return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
		}),
	);

/** What the command line says goes over what the files say, for every service that is built. */
export const withBuildFlags = (project: Project, {args, noCache, pull, ssh}: Wish): Project => ({
	...project,
	services: Object.fromEntries(
		Object.entries(project.services).map(([name, service]) => {
			const {build} = service;
			if (build === undefined) return [name, service];
			const more = {
				args: {...build.args, ...argumentsOf(args, project)},
				...(noCache ? {no_cache: true} : {}),
				...(pull ? {pull: true} : {}),
				...(ssh.length === 0 ? {} : {ssh: agentsOf(ssh)}),
			};
			return [name, {...service, build: {...build, ...more}}];
		}),
	),
});

export const composeBuild = defineLine({
	verbs: ['compose build'],
	summary: "Build the images of a project's services",
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		buildArg: {type: 'string', isMultiple: true, placeholder: 'NAME=VALUE', help: 'An argument of the Dockerfiles; a name alone takes its value from the environment'},
		noCache: {type: 'boolean', help: 'Do every step again'},
		progress: {type: 'string', default: 'auto', placeholder: 'KIND', help: 'How to show the steps: auto, plain or quiet'},
		pull: {type: 'boolean', help: 'Look for newer base images'},
		push: {type: 'boolean', help: 'Push the images that have a name of their own'},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Say nothing of what is built'},
		ssh: {type: 'string', isMultiple: true, placeholder: 'AGENT', help: 'An ssh agent for steps: default, or NAME=SOCKET'},
		withDependencies: {type: 'boolean', help: 'Also images of services that the named ones depend on'},
		dryRun: {type: 'boolean', help: 'Print what would be built'},
	},
	refused: {
		builder: 'the builder is where $BUILDKIT_HOST says',
		memory: "steps have the builder's own memory",
		m: "steps have the builder's own memory",
		print: 'there is no bake file to print; see --dry-run',
		check: 'the Dockerfile is checked as it is built',
		sbom: 'say it in the build section of the service',
		provenance: 'say it in the build section of the service',
	},
	async run(context) {
		const {flags, args, signal} = context;
		if (!['auto', 'plain', 'quiet'].includes(flags.progress)) throw new Failure('invalid', `--progress is ${JSON.stringify(flags.progress)}`, {hint: 'say auto, plain or quiet'});
		const isQuiet = flags.quiet || flags.progress === 'quiet';
		const {project: whole} = await projectOf(context, flags, {services: args});
		const project = withBuildFlags(select(whole, args, {dependencies: flags.withDependencies}), {args: flags.buildArg, noCache: flags.noCache, pull: flags.pull, ssh: flags.ssh});
		const compose = await composeOf(context, {quietBuilds: isQuiet});
		const {onEvent, warn} = teller(context);
		const plan = await compose.images(project, {verb: 'build'}, {onEvent: isQuiet ? () => undefined : onEvent, warn, signal, dryRun: flags.dryRun});
		if (flags.dryRun) return printDryRun(context, plan);
		if (plan.operations.length === 0) context.stderr.write(`${project.name}: no service has a build section\n`);
		if (!flags.push) return 0;
		return composePush.run({...context, flags: {...flags, ignorePushFailures: false, includeDeps: flags.withDependencies}});
	},
});
