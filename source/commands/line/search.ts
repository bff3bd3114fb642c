import {goStruct} from '../../model/template-struct.ts';
import {parseFormat, printItems, printTable} from './output.ts';
import {defineLine} from './types.ts';

const descriptionWidth = 45;

const cut = (text: string): string => (text.length > descriptionWidth ? `${text.slice(0, descriptionWidth - 1)}…` : text);

export const search = defineLine({
	verbs: ['search'],
	summary: 'Search a registry for images',
	usage: '[flags] TERM',
	arity: {least: 1, most: 1},
	needsDaemon: false,
	flags: {
		limit: {type: 'number', default: 25, placeholder: 'N', help: 'Max number of search results'},
		noTrunc: {type: 'boolean', help: "Don't truncate output"},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "table, json or a Go template such as '{{.Name}}'"},
	},
	refused: {filter: 'what a registry finds is not filtered here: use --format and a filter of your own'},
	async run(context) {
		const {services, flags, args, signal} = context;
		const format = parseFormat(flags.format);
		const found = await services.registries.search(args[0] ?? '', {signal, most: flags.limit});
		const rows = found.map(({name, description, stars, isOfficial}) =>
			goStruct('search.result', {
				Name: name,
				Description: flags.noTrunc ? description : cut(description),
				StarCount: stars === undefined ? '' : String(stars),
				IsOfficial: isOfficial ? '[OK]' : '',
			}),
		);
		if (format.kind === 'template' || format.kind === 'columns')
			await printItems(context, format, rows, {StarCount: 'STARS', IsOfficial: 'OFFICIAL'});
		else
			await printTable(context, [
				['NAME', 'DESCRIPTION', 'STARS', 'OFFICIAL'],
				...rows.map(({Name, Description, StarCount, IsOfficial}) => [Name, Description, StarCount, IsOfficial]),
			]);
		return 0;
	},
});
