import {writeFile} from 'node:fs/promises';
import {failing, Failure} from '../../../errors.ts';
import {inOrder} from '../../../model/compose/graph.ts';
import {configHash, imageOf} from '../../../model/compose/hash.ts';
import {printYaml} from '../../../model/compose/print-yaml.ts';
import type {Project} from '../../../model/compose/project.ts';
import {render} from '../../../model/compose/render.ts';
import {select, withoutUnused} from '../../../model/compose/select.ts';
import {composeFlags} from './flags.ts';
import {projectOf} from './project.ts';
import {print} from '../output.ts';
import {defineLine} from '../types.ts';

const lines = (words: readonly string[]): string => words.map(word => `${word}\n`).join('');

const hashes = (project: Project, wanted: string): string => {
	const names = wanted === '*' ? Object.keys(project.services).sort() : wanted.split(',');
	return lines(names.map(name => `${name} ${configHash(select(project, [name], {dependencies: false}), name)}`));
};

const asText = (project: Project, format: string, isInterpolated: boolean): string => {
	const rendered = render(isInterpolated ? withoutUnused(project) : project, {isInterpolated});
	if (format === 'json') return `${JSON.stringify(rendered, undefined, 2)}\n`;
	return printYaml(rendered);
};

export const composeConfig = defineLine({
	verbs: ['compose config', 'compose convert'],
	summary: 'Check a compose project, and print it with everything said',
	usage: '[flags] [SERVICE, ...]',
	arity: {least: 0},
	needsDaemon: false,
	needsServices: false,
	flags: {
		...composeFlags,
		format: {type: 'string', default: 'yaml', placeholder: 'FORMAT', help: 'yaml or json'},
		services: {type: 'boolean', help: 'Print the names of the services'},
		volumes: {type: 'boolean', help: 'Print the names of the volumes'},
		networks: {type: 'boolean', help: 'Print the names of the networks'},
		images: {type: 'boolean', help: 'Print the images that the services run'},
		profiles: {type: 'boolean', help: 'Print the names of the profiles'},
		environment: {type: 'boolean', help: 'Print what variables come to'},
		hash: {type: 'string', placeholder: 'SERVICES', help: "Print the services' configuration hashes; * means all"},
		noInterpolate: {type: 'boolean', help: 'Leave variables as they are'},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Only check; print nothing'},
		output: {type: 'string', shortFlag: 'o', placeholder: 'FILE', help: 'Write to a file'},
	},
	refused: {
		'no-consistency': 'a project that does not fit together is told why',
		'no-normalize': 'the project is always printed in its long form',
		'no-path-resolution': 'paths are always printed absolute',
		'resolve-image-digests': 'no registry is asked; pull the images, and see their digests with images --digests',
		variables: 'see --environment',
	},
	async run(context) {
		const {flags, args} = context;
		if (flags.format !== 'yaml' && flags.format !== 'json')
			throw new Failure('invalid', `the format ${JSON.stringify(flags.format)} is not known`, {hint: 'use yaml or json'});
		const {project: whole, profiles} = await projectOf(context, flags, {services: args, interpolate: !flags.noInterpolate});
		const project = select(whole, args, {dependencies: true});
		const text = (() => {
			if (flags.quiet) return '';
			if (flags.hash !== undefined) return hashes(project, flags.hash);
			if (flags.services) return lines(inOrder(project.services));
			if (flags.volumes) return lines(Object.keys(project.volumes).sort());
			if (flags.networks) return lines(Object.keys(project.networks).sort());
			if (flags.images) return lines(inOrder(project.services).map(name => imageOf(project, name, project.services[name] ?? {})));
			if (flags.profiles) return lines(profiles);
			if (flags.environment) return lines([...project.environment].map(([name, value]) => `${name}=${value}`).sort());
			return asText(project, flags.format, !flags.noInterpolate);
		})();
		if (flags.output === undefined) await print(context, text);
		else
			await writeFile(flags.output, text).catch((error: unknown) => {
				throw failing(`write ${flags.output}`, error);
			});
		return 0;
	},
});
