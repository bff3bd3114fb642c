import {Failure} from '../../../errors.ts';
import {print} from '../output.ts';
import {defineLine} from '../types.ts';

export const composeVersion = defineLine({
	verbs: ['compose version'],
	summary: 'Show the version of gantry, whose compose is its own',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	needsDaemon: false,
	needsServices: false,
	flags: {
		format: {type: 'string', shortFlag: 'f', default: 'pretty', placeholder: 'FORMAT', help: 'pretty or json'},
		short: {type: 'boolean', help: 'Only the number'},
	},
	async run(context) {
		const {flags, version} = context;
		if (flags.format !== 'pretty' && flags.format !== 'json') throw new Failure('invalid', `the format ${JSON.stringify(flags.format)} is not known`, {hint: 'use pretty or json'});
		await print(context, flags.short ? `${version}\n` : flags.format === 'json' ? `${JSON.stringify({version})}\n` : `gantry compose version ${version}\n`);
		return 0;
	},
});
