import {Failure} from '../errors.ts';

/** One line of CSV, in which quotes keep commas together: `type=local,"dest=a,b"`. */
const fieldsOf = (text: string): readonly string[] => {
	const fields: string[] = [];
	let field = '';
	let isQuoted = false;
	for (let at = 0; at < text.length; at++) {
		const character = text[at]!;
		if (character === '"' && isQuoted && text[at + 1] === '"') {
			field += '"';
			at++;
		} else if (character === '"') isQuoted = !isQuoted;
		else if (character === ',' && !isQuoted) {
			fields.push(field);
			field = '';
		} else field += character;
	}

	if (isQuoted) throw new Failure('invalid', `a quote in ${JSON.stringify(text)} does not close`);
	return [...fields, field];
};

/** `a=b,c=d` as a map; a word without `=` has the value undefined. Keys are small letters. */
export const readKeyValues = (text: string): ReadonlyMap<string, string | undefined> =>
	new Map(
		fieldsOf(text).map((field): [string, string | undefined] => {
			const equals = field.indexOf('=');
			return equals < 0 ? [field.trim(), undefined] : [field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1)];
		}),
	);
