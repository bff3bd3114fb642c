import type {Plain} from './value.ts';

/** Words that some reader takes for more than words: YAML 1.1 has more of them than 1.2, and numbers of base 60. */
const reserved = /^(?:~|null|true|false|yes|no|on|off|y|n|\.inf|\.nan|<<|=)$/i;

const plainText = /^[A-Za-z_/.](?:[\w./@+%^()$;<>=~-]|:(?=\S))*(?: (?:[\w./@+%^()$;<>=~-]|:(?=\S))+)*$/;

const numeric = /^[-+.]?[\d.][\d_.:,eExXoObB+-]*$/;

/** JSON's quotes are YAML's; what is beyond them both is escaped, so that the text stays in one line and on the screen. */
const scalar = (text: string): string =>
	plainText.test(text) && !reserved.test(text) && !numeric.test(text) && !/^(?:---|\.\.\.)/.test(text)
		? text
		: JSON.stringify(text).replace(/[\u0080-\u009f\u2028\u2029\ufeff]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const isEmpty = (value: Plain): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const inline = (value: Plain): string | undefined => {
	if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
	if (typeof value === 'string') return scalar(value);
	return isEmpty(value) ? (Array.isArray(value) ? '[]' : '{}') : undefined;
};

/** What stands behind a key or a dash: in the same line where it fits there, else below and further in. */
const write = (lines: string[], value: Plain, indent: string, lead: string): void => {
	const short = inline(value);
	if (short !== undefined) {
		lines.push(`${lead}${short}`);
		return;
	}
	if (lead.trim() !== '' && !lead.endsWith('- ')) lines.push(lead.trimEnd());
	let before = lead.endsWith('- ') ? lead : indent;
	if (Array.isArray(value)) for (const item of value) {
		write(lines, item, `${indent}  `, `${before}- `);
		before = indent;
	} else for (const [key, item] of Object.entries(value as object)) {
		write(lines, item as Plain, `${indent}  `, `${before}${scalar(key)}: `);
		before = indent;
	}
};

/** A tree as YAML that 1.1 and 1.2 read alike, without anchors. It is written by hand since a library takes as long for it as the project takes to load. */
export const printYaml = (value: Plain): string => {
	const lines: string[] = [];
	write(lines, value, '', '');
	return `${lines.join('\n')}\n`;
};
