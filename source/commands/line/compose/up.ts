import {Failure, isAbort} from '../../../errors.ts';
import type {Plan} from '../../../model/compose/plan/index.ts';
import {containerName} from '../../../model/compose/request/index.ts';
import type {Project} from '../../../model/compose/project.ts';
import {select} from '../../../model/compose/select.ts';
import type {ComposeService, OperationEvent} from '../../../services/compose/index.ts';
import type {ValuesOf} from '../flag-types.ts';
import {defineLine, type LineContext} from '../types.ts';
import {upAttached} from './attached.ts';
import {composeFlags} from './flags.ts';
import {createLogPrinter, logLookFlags} from './log-printer.ts';
import {makingFlags, stoppingOf, upOptionsOf} from './making.ts';
import {projectOf} from './project.ts';
import {composeOf, printDryRun, teller} from './service.ts';
import {type Watch, watchOf} from './watching.ts';

const flags = {
	...composeFlags,
	...makingFlags,
	...logLookFlags,
	detach: {type: 'boolean', shortFlag: 'd', help: 'Leave the containers in the background'},
	noDeps: {type: 'boolean', help: 'Leave out services that the named ones depend on'},
	noStart: {type: 'boolean', help: 'Make the containers, and do not start them'},
	wait: {type: 'boolean', help: 'Wait until the containers are healthy; implies -d'},
	waitTimeout: {type: 'number', placeholder: 'SECONDS', help: 'How long --wait waits'},
	abortOnContainerExit: {type: 'boolean', help: 'Stop all containers when one ends, and end with its exit code'},
	abortOnContainerFailure: {type: 'boolean', help: 'The same when one ends with another code than 0'},
	exitCodeFrom: {type: 'string', placeholder: 'SERVICE', help: "End with this service's exit code; implies --abort-on-container-exit"},
	attach: {type: 'string', isMultiple: true, splitsAtComma: true, placeholder: 'SERVICE', help: 'Show the logs of these services only'},
	noAttach: {type: 'string', isMultiple: true, splitsAtComma: true, placeholder: 'SERVICE', help: 'Do not show the logs of these services'},
	attachDependencies: {type: 'boolean', help: 'Show the logs of services too that the named ones depend on'},
	timestamps: {type: 'boolean', help: 'Show timestamps'},
	watch: {type: 'boolean', shortFlag: 'w', help: 'Beside the logs, do what develop.watch says of what is edited'},
	yes: {type: 'boolean', shortFlag: 'y', help: 'Ask nothing, which up never does'},
} as const;

type Values = ValuesOf<typeof flags>;

/** What does not go together is told before anything is done. */
const check = (said: Values, project: Project): void => {
	const isAborting = said.abortOnContainerExit || said.abortOnContainerFailure || said.exitCodeFrom !== undefined;
	if (isAborting && (said.detach || said.wait)) throw new Failure('invalid', `--${said.detach ? 'detach' : 'wait'} leaves the containers in the background: nobody would see one end`, {hint: 'leave it out'});
	if (said.watch && (said.detach || said.wait || said.noStart)) throw new Failure('invalid', '--watch needs somebody who stays', {hint: 'leave out -d, --wait and --no-start, or use compose watch'});
	if (said.abortOnContainerExit && said.abortOnContainerFailure) throw new Failure('invalid', '--abort-on-container-exit and --abort-on-container-failure are mutually exclusive');
	if (said.waitTimeout !== undefined && !said.wait) throw new Failure('invalid', '--wait-timeout is of use with --wait only');
	const strange = [...said.attach, ...said.noAttach, ...(said.exitCodeFrom === undefined ? [] : [said.exitCodeFrom])].find(name => !Object.hasOwn(project.services, name));
	if (strange !== undefined) throw new Failure('not-found', `the service ${strange} is not among those that are brought up`);
};

const shownOf = (said: Values, args: readonly string[], project: Project) => (service: string): boolean => {
	if (said.noAttach.includes(service)) return false;
	if (said.attach.length > 0) return said.attach.includes(service);
	if (args.length > 0 && !said.attachDependencies && !args.includes(service)) return false;
	return project.services[service]?.['attach'] !== false;
};

type Bring = (call: {readonly signal: AbortSignal; readonly onEvent: (event: OperationEvent) => void}) => Promise<Plan>;

const detached = async ({signal, flags: said, ...context}: LineContext<Values>, project: Project, bring: Bring): Promise<void> => {
	const {waitTimeout} = said;
	const {onEvent} = teller(context);
	const late = waitTimeout === undefined ? undefined : AbortSignal.timeout(waitTimeout * 1000);
	try {
		await bring({signal: late === undefined ? signal : AbortSignal.any([signal, late]), onEvent});
	} catch (error) {
		if (late?.aborted === true && (isAbort(error) || error === late.reason)) throw new Failure('timeout', `${project.name} is not up and healthy after ${waitTimeout} s`, {hint: 'see why: compose ps and compose logs'});
		throw error;
	}
};

const attached = (context: LineContext<Values>, {project, compose, bring, watch}: {readonly project: Project; readonly compose: ComposeService; readonly bring: Bring; readonly watch: Watch | undefined}): Promise<number> => {
	const {flags: said, args} = context;
	const isShown = shownOf(said, args, project);
	const printer = createLogPrinter(context, project.name, {prefix: !said.noLogPrefix, colour: !said.noColor, timestamps: said.timestamps});
	printer.expect(Object.keys(project.services).filter(isShown).map(name => containerName(project, name, 1)));
	return upAttached(context, {
		...{project, compose, up: bring, codeFrom: said.exitCodeFrom, printer, isShown},
		abortOn: said.abortOnContainerFailure ? 'failure' : said.abortOnContainerExit || said.exitCodeFrom !== undefined ? 'any' : 'none',
		stopping: stoppingOf(said.timeout),
		...(watch === undefined ? {} : {beside: watch}),
	});
};

export const composeUp = defineLine({
	verbs: ['compose up'],
	summary: 'Bring a project up: make and start what its files say',
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	flags,
	refused: {
		'always-recreate-deps': 'name the services that they depend on too, with --force-recreate',
		'renew-anon-volumes': 'a container that is made anew has new anonymous volumes',
		V: 'a container that is made anew has new anonymous volumes',
		'quiet-pull': 'progress goes to stderr: 2>/dev/null',
		'quiet-build': 'progress goes to stderr: 2>/dev/null',
		menu: 'there is no menu',
	},
	async run(context) {
		const {flags: said, args} = context;
		const {project: whole} = await projectOf(context, said, {services: args});
		const project = select(whole, args, {dependencies: !said.noDeps});
		check(said, project);
		const options = upOptionsOf(said, {project, whole, start: !said.noStart});
		const compose = await composeOf(context);
		const {warn} = teller(context);
		const bring: Bring = call => compose.up(project, options, {warn, ...call, ...stoppingOf(said.timeout), wait: said.wait, dryRun: said.dryRun});
		if (said.dryRun) return printDryRun(context, await bring({signal: context.signal, onEvent: () => undefined}));
		if (!said.detach && !said.wait && !said.noStart) {
			const watch = said.watch ? await watchOf(context, {project, whole, compose, services: args}) : undefined;
			return attached(context, {project, compose, bring, watch});
		}
		await detached(context, project, bring);
		return 0;
	},
});
