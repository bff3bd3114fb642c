import {randomBytes} from 'node:crypto';
import {Failure} from '../../../errors.ts';
import {select} from '../../../model/compose/select.ts';
import {parseDetachKeys} from '../detach-keys.ts';
import {environmentOf} from '../env-flag.ts';
import type {ValuesOf} from '../flag-types.ts';
import {watchContainer} from '../foreground.ts';
import {labelsOf} from '../labels-flag.ts';
import {print} from '../output.ts';
import {detachKeysFlag} from '../detach-keys.ts';
import {removeQuietly} from '../run.ts';
import {defineLine, type LineContext} from '../types.ts';
import {composeFlags} from './flags.ts';
import {pullOf} from './making.ts';
import {projectOf} from './project.ts';
import {type RunWish, runRequest} from './run-request.ts';
import {composeOf, teller} from './service.ts';

const flags = {
	...composeFlags,
	build: {type: 'boolean', help: 'Build the image first'},
	noBuild: {type: 'boolean', help: 'Build no image, though one is missing'},
	capAdd: {type: 'string', isMultiple: true, placeholder: 'NAME', help: 'Add a Linux capability'},
	capDrop: {type: 'string', isMultiple: true, placeholder: 'NAME', help: 'Drop a Linux capability'},
	detach: {type: 'boolean', shortFlag: 'd', help: 'Run it in the background and print its name'},
	detachKeys: detachKeysFlag,
	entrypoint: {type: 'string', placeholder: 'COMMAND', help: "In place of the image's entrypoint"},
	env: {type: 'string', shortFlag: 'e', isMultiple: true, placeholder: 'NAME=VALUE', help: 'Set environment variables'},
	envFromFile: {type: 'string', isMultiple: true, placeholder: 'FILE', help: 'Set environment variables from file'},
	interactive: {type: 'boolean', shortFlag: 'i', default: true, help: 'Keep STDIN open'},
	label: {type: 'string', shortFlag: 'l', isMultiple: true, placeholder: 'KEY=VALUE', help: 'Add a label'},
	name: {type: 'string', placeholder: 'NAME', help: 'Name of the container'},
	noDeps: {type: 'boolean', help: 'Do not start services that it depends on'},
	publish: {type: 'string', shortFlag: 'p', isMultiple: true, placeholder: 'PORT', help: 'Publish a port'},
	pull: {type: 'string', placeholder: 'POLICY', help: 'always, missing or never, in place of what the service says'},
	quiet: {type: 'boolean', shortFlag: 'q', help: 'Say nothing of what is made'},
	removeOrphans: {type: 'boolean', help: 'Remove containers of services that the project has no more'},
	rm: {type: 'boolean', help: 'Remove the container when it ends'},
	servicePorts: {type: 'boolean', shortFlag: 'P', help: "Publish the service's ports"},
	noTty: {type: 'boolean', shortFlag: 'T', help: 'No pseudo-TTY, though our own input and output are one'},
	useAliases: {type: 'boolean', help: 'Answer to the names of the service in its networks'},
	user: {type: 'string', shortFlag: 'u', placeholder: 'NAME[:GROUP]', help: 'Username or UID, and group'},
	volume: {type: 'string', shortFlag: 'v', isMultiple: true, placeholder: 'MOUNT', help: 'Mount a directory, or a volume of the project: SOURCE:TARGET[:ro]'},
	workdir: {type: 'string', shortFlag: 'w', placeholder: 'DIR', help: 'Working directory inside the container'},
} as const;

type Values = ValuesOf<typeof flags>;

const wishOf = async ({flags: said, env, terminal}: LineContext<Values>, {project, service, command}: Pick<RunWish, 'project' | 'service' | 'command'>): Promise<RunWish> => {
	const isScreen = !said.detach && !said.noTty && terminal.isInputTTY && terminal.isTTY;
	return {
		...{project, service, command, entrypoint: said.entrypoint, user: said.user, workdir: said.workdir, volumes: said.volume, publish: said.publish},
		...{servicePorts: said.servicePorts, useAliases: said.useAliases, capAdd: said.capAdd, capDrop: said.capDrop, remove: said.rm},
		env: await environmentOf(said.env, said.envFromFile, env),
		labels: labelsOf(said.label, ''),
		terminal: said.detach ? project.services[service]?.tty === true : isScreen,
		interactive: said.detach ? project.services[service]?.tty === true && project.services[service]?.stdin_open === true : said.interactive,
	};
};

export const composeRun = defineLine({
	verbs: ['compose run'],
	summary: 'Run a command in a new container of a service, which is no replica of it',
	usage: '[flags] SERVICE [COMMAND] [ARG...]',
	arity: {least: 1},
	interspersed: false,
	flags,
	refused: {'quiet-pull': 'use --quiet', 'quiet-build': 'use --quiet', t: 'a terminal is given where there is one; -T takes it away', tty: 'a terminal is given where there is one; -T takes it away'},
	async run(context) {
		const {flags: said, args, signal, services} = context;
		const [service = '', ...command] = args;
		if (said.build && said.noBuild) throw new Failure('invalid', '--build and --no-build are mutually exclusive');
		const detachKeys = parseDetachKeys(said.detachKeys);
		const {project: whole} = await projectOf(context, said, {services: [service]});
		const project = select(whole, [service], {dependencies: !said.noDeps});
		const wish = await wishOf(context, {project, service, command});
		const compose = await composeOf(context);
		const {onEvent, warn} = teller(context);
		const pull = pullOf(said.pull);
		await compose.up(
			project,
			{whole, recreate: 'changed', scale: {}, removeOrphans: said.removeOrphans, start: true, build: said.build, neverBuild: said.noBuild, oneOff: service, ...(pull === undefined ? {} : {pull})},
			{onEvent: said.quiet ? () => undefined : onEvent, warn, signal, wait: false, dryRun: false},
		);
		const containerName = said.name ?? `${project.name}-${service}-run-${randomBytes(6).toString('hex')}`;
		const requested = await compose.oneOff(project, {service, containerName}, {signal, warn});
		const request = runRequest(requested.request, wish);
		for (const warning of requested.warnings) warn(warning);
		const {ref, attached} = await services.containers.run(request, {signal, detached: said.detach});
		if (attached === undefined) {
			await print(context, `${containerName}\n`);
			return 0;
		}
		let isOver = true;
		try {
			const watched = await watchContainer(attached, context, {terminal: wish.terminal, detachKeys, sigProxy: true});
			isOver = watched !== 'detached';
			return watched === 'detached' ? 0 : watched.exitStatus;
		} finally {
			if (isOver && said.rm) await removeQuietly(context, ref);
		}
	},
});
