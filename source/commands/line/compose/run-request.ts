import {Failure} from '../../../errors.ts';
import type {Project} from '../../../model/compose/project.ts';
import type {CreateRequest} from '../../../model/create-request.ts';
import {parsePorts, parseVolume} from '../../../model/request/index.ts';
import {splitWords} from '../../../model/shell-words.ts';

/** What `run` is told, over what the service says. */
export type RunWish = {
	readonly project: Project;
	readonly service: string;
	/** After the service's name; none: the service's own. */
	readonly command: readonly string[];
	readonly entrypoint: string | undefined;
	/** `NAME=value`, resolved. */
	readonly env: readonly string[];
	readonly labels: Readonly<Record<string, string>>;
	readonly user: string | undefined;
	readonly workdir: string | undefined;
	readonly volumes: readonly string[];
	readonly publish: readonly string[];
	/** The service's own ports too, which a replica may hold already. */
	readonly servicePorts: boolean;
	/** The names by which others find the service. */
	readonly useAliases: boolean;
	readonly capAdd: readonly string[];
	readonly capDrop: readonly string[];
	readonly terminal: boolean;
	readonly interactive: boolean;
	readonly remove: boolean;
};

const entrypointOf = (text: string): readonly string[] => {
	const words = splitWords(text);
	if ('open' in words) throw new Failure('invalid', `--entrypoint ends within ${words.open}`);
	return words;
};

/** A volume of the project goes by its name there; any other name would be a volume that nobody declared. */
const mountOf = (text: string, {name, volumes}: Project): CreateRequest['mounts'][number] => {
	const [source = '', ...rest] = text.split(':');
	if (rest.length === 0 || source.startsWith('/')) return parseVolume(text);
	if (/^[.~]/.test(source)) throw new Failure('invalid', `-v ${text} has a relative path`, {hint: 'write it from / on'});
	const own = volumes[source];
	if (own === undefined) throw new Failure('not-found', `the project ${name} has no volume ${source}`, {hint: 'a directory begins with /'});
	return parseVolume([own.name, ...rest].join(':'));
};

/** Variables by name: the later ones win. */
const merged = (before: readonly string[], after: readonly string[]): readonly string[] => {
	const nameOf = (pair: string): string => pair.split('=')[0] ?? pair;
	const said = new Set(after.map(nameOf));
	return [...before.filter(pair => !said.has(nameOf(pair))), ...after];
};

/** A replica's request as that of a single run: it is not restarted, holds no ports, and answers to no name of its service, unless that was asked for. */
export const runRequest = (request: CreateRequest, wish: RunWish): CreateRequest => {
	const {project} = wish;
	const own = project.services[wish.service] ?? {};
	const mounts = wish.volumes.map(text => mountOf(text, project));
	const targets = new Set(mounts.map(({target}) => target));
	const {hostname, ...process} = request.process;
	const args = wish.command.length > 0 ? wish.command : wish.entrypoint === undefined ? request.args : [];
	return {
		...request,
		args,
		...(wish.entrypoint === undefined ? {} : {entrypoint: entrypointOf(wish.entrypoint)}),
		labels: {...request.labels, ...wish.labels},
		process: {
			...process,
			// A replica is called like its service; this is none.
			...(own.hostname === undefined || hostname === undefined ? {} : {hostname}),
			...(wish.user === undefined ? {} : {user: wish.user}),
			...(wish.workdir === undefined ? {} : {workingDirectory: wish.workdir}),
			env: merged(process.env, wish.env),
			terminal: wish.terminal,
			interactive: wish.interactive,
		},
		network: {
			...request.network,
			ports: [...(wish.servicePorts ? request.network.ports : []), ...wish.publish.flatMap(parsePorts)],
			...(wish.useAliases ? {} : {aliases: {}}),
		},
		security: {...request.security, capAdd: [...request.security.capAdd, ...wish.capAdd], capDrop: [...request.security.capDrop, ...wish.capDrop]},
		mounts: [...request.mounts.filter(({target}) => !targets.has(target)), ...mounts],
		restart: {kind: 'no'},
		autoRemove: wish.remove,
	};
};
