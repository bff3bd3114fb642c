import {Failure} from '../../../errors.ts';
import type {UpOptions} from '../../../model/compose/plan/index.ts';
import {select} from '../../../model/compose/select.ts';
import {composeFlags} from './flags.ts';
import {projectOf} from './project.ts';
import {composeOf, printDryRun, teller} from './service.ts';
import {defineLine} from '../types.ts';

const scalesOf = (said: readonly string[], services: Readonly<Record<string, unknown>>): UpOptions['scale'] =>
	Object.fromEntries(
		said.map(text => {
			const [, service = '', count = ''] = /^([^=]+)=(\d{1,5})$/.exec(text) ?? [];
			if (service === '') throw new Failure('invalid', `--scale is ${JSON.stringify(text)}`, {hint: 'write it as SERVICE=3'});
			if (!Object.hasOwn(services, service)) throw new Failure('not-found', `--scale names the service ${service}, which is not among those that are brought up`);
			return [service, Number(count)];
		}),
	);

const pullOf = (text: string | undefined): UpOptions['pull'] => {
	if (text === undefined || text === 'always' || text === 'missing' || text === 'never') return text;
	throw new Failure('invalid', `--pull is ${JSON.stringify(text)}`, {hint: 'it is always, missing or never'});
};

const making = {
	build: {type: 'boolean', help: 'Build images before containers are made of them'},
	forceRecreate: {type: 'boolean', help: 'Make containers anew though nothing has changed'},
	noRecreate: {type: 'boolean', help: 'Leave containers that are there, though they have changed'},
	pull: {type: 'string', placeholder: 'POLICY', help: 'always, missing or never, in place of what the services say'},
	removeOrphans: {type: 'boolean', help: 'Remove containers of services that the project has no more'},
	scale: {type: 'string', isMultiple: true, placeholder: 'SERVICE=NUMBER', help: 'How many containers of a service there are to be'},
	timeout: {type: 'number', shortFlag: 't', placeholder: 'SECONDS', help: 'How long containers that are made anew have to stop'},
	dryRun: {type: 'boolean', help: 'Print what would be done, and why'},
} as const;

export const composeUp = defineLine({
	verbs: ['compose up'],
	summary: 'Bring a project up: make and start what its files say',
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags: {
		...composeFlags,
		...making,
		detach: {type: 'boolean', shortFlag: 'd', help: 'Leave the containers in the background'},
		noDeps: {type: 'boolean', help: 'Leave out services that the named ones depend on'},
		noStart: {type: 'boolean', help: 'Make the containers, and do not start them'},
		wait: {type: 'boolean', help: 'Wait until the containers are healthy; implies -d'},
	},
	refused: {
		'no-build': 'an image is built only when it is not here; --pull never refuses that, too',
		'abort-on-container-exit': 'up leaves the containers in the background',
		'exit-code-from': 'up leaves the containers in the background; wait tells how one ends',
	},
	async run(context) {
		const {flags, args, signal} = context;
		if (!flags.detach && !flags.wait && !flags.noStart && !flags.dryRun)
			throw new Failure('unsupported', 'compose up follows no logs', {hint: 'add -d, and follow them with logs -f CONTAINER'});
		if (flags.forceRecreate && flags.noRecreate) throw new Failure('invalid', '--force-recreate and --no-recreate are mutually exclusive');
		const {project: whole} = await projectOf(context, flags, {services: args});
		const project = select(whole, args, {dependencies: !flags.noDeps});
		const pull = pullOf(flags.pull);
		const options: UpOptions = {
			whole,
			recreate: flags.forceRecreate ? 'always' : flags.noRecreate ? 'never' : 'changed',
			scale: scalesOf(flags.scale, project.services),
			removeOrphans: flags.removeOrphans,
			start: !flags.noStart,
			build: flags.build,
			...(pull === undefined ? {} : {pull}),
		};
		const compose = await composeOf(context);
		const timeout = flags.timeout === undefined ? {} : {timeoutMs: flags.timeout * 1000};
		const plan = await compose.up(project, options, {...teller(context), ...timeout, signal, wait: flags.wait, dryRun: flags.dryRun});
		return flags.dryRun ? printDryRun(context, plan) : 0;
	},
});
