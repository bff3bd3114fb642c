import {Failure} from '../../errors.ts';
import {compileTemplate} from '../../model/template.ts';
import {goJson} from '../../model/template-values.ts';
import {print} from './output.ts';
import type {Surroundings} from './types.ts';

/** `--format` of the inspect verbs: nothing is a JSON array with four spaces, anything else is a template per object. */
export const inspectPrinter = (
	format: string,
): ((context: Pick<Surroundings, 'stdout' | 'terminal'>, objects: readonly unknown[]) => Promise<void>) => {
	if (['raw', 'table', 'wide'].includes(format)) throw new Failure('invalid', 'unsupported format: "raw", "table", and "wide"');
	if (format === '')
		return (context, objects) => (objects.length === 0 ? Promise.resolve() : print(context, `${goJson(objects, '    ')}\n\n`));
	const template = compileTemplate(format);
	return (context, objects) => print(context, objects.map(object => `${template(object)}\n`).join(''));
};

export const modeOf = (mode: string): 'dockercompat' | 'native' => {
	if (mode !== 'dockercompat' && mode !== 'native')
		throw new Failure('invalid', `${JSON.stringify(mode)} is not a valid value for --mode`, {hint: 'use dockercompat or native'});
	return mode;
};

export const inspectFlags = {
	format: {type: 'string', shortFlag: 'f', default: '', placeholder: 'FORMAT', help: "json or a Go template such as '{{.Id}}'"},
	mode: {type: 'string', default: 'dockercompat', placeholder: 'MODE', help: "dockercompat for Docker's shape, native for containerd's"},
} as const;
