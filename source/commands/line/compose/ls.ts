import {Failure} from '../../../errors.ts';
import {composeProjects} from '../../../model/compose/projects.ts';
import {listContainers} from '../containers.ts';
import {print, printTable} from '../output.ts';
import {defineLine} from '../types.ts';

/** Of `--filter name=…`, a regular expression as docker compose has it. */
const namesOf = (filters: readonly string[]): ReadonlyArray<RegExp> =>
	filters.map(filter => {
		const [, key = '', value = ''] = /^([^=]*)=([\s\S]*)$/.exec(filter) ?? [];
		if (key !== 'name') throw new Failure('invalid', `${filter} is an invalid filter`, {hint: 'it is name=PATTERN'});
		try {
			return new RegExp(value, 'u');
		} catch (error) {
			throw new Failure('invalid', `the filter ${filter} is no pattern`, {cause: error});
		}
	});

export const composeLs = defineLine({
	verbs: ['compose ls'],
	summary: 'List the compose projects that have containers',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		all: {type: 'boolean', shortFlag: 'a', help: 'Projects too of which no container runs'},
		filter: {type: 'string', isMultiple: true, placeholder: 'name=PATTERN', help: 'Only projects of that name'},
		format: {type: 'string', default: 'table', placeholder: 'FORMAT', help: 'table or json'},
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Only the names'},
	},
	async run(context) {
		const {flags} = context;
		if (flags.format !== 'table' && flags.format !== 'json') throw new Failure('invalid', `the format ${JSON.stringify(flags.format)} is not known`, {hint: 'use table or json'});
		const patterns = namesOf(flags.filter);
		const projects = composeProjects(await listContainers(context)).filter(({name, isRunning}) => (flags.all || isRunning) && (patterns.length === 0 || patterns.some(pattern => pattern.test(name))));
		if (flags.quiet) await print(context, projects.map(({name}) => `${name}\n`).join(''));
		else if (flags.format === 'json') await print(context, `${JSON.stringify(projects.map(({name, status, files}) => ({Name: name, Status: status, ConfigFiles: files})))}\n`);
		else await printTable(context, [['NAME', 'STATUS', 'CONFIG FILES'], ...projects.map(({name, status, files}) => [name, status, files])]);
		return 0;
	},
});
