/** A text that is no list of words: what is open at its end. */
export type OpenQuote = {readonly open: '"' | "'" | '\\'};

const plainWord = /^[\w@%+=:,./-]+$/;

/** A word as a POSIX shell reads it back. */
export const quoteWord = (word: string): string => (plainWord.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);

export const joinWords = (words: readonly string[]): string => words.map(quoteWord).join(' ');

/** What ends a piece of a word that started with this character. */
const unquoted = /[\s"'\\]/;

/**
A line in the words that a POSIX shell makes of it: blanks part, quotes and backslashes join. Nothing is expanded: `$HOME`, `*` and `;`
are themselves.
*/
export const splitWords = (line: string): readonly string[] | OpenQuote => {
	const words: string[] = [];
	let word: string | undefined;
	let at = 0;
	while (at < line.length) {
		const character = line.charAt(at);
		if (/\s/.test(character)) {
			if (word !== undefined) words.push(word);
			word = undefined;
			at += 1;
		} else if (character === "'") {
			const end = line.indexOf("'", at + 1);
			if (end < 0) return {open: "'"};
			word = (word ?? '') + line.slice(at + 1, end);
			at = end + 1;
		} else if (character === '"') {
			const quoted = readDouble(line, at + 1);
			if (quoted === undefined) return {open: '"'};
			word = (word ?? '') + quoted.text;
			at = quoted.end;
		} else if (character === '\\') {
			if (at + 1 === line.length) return {open: '\\'};
			word = (word ?? '') + line.charAt(at + 1);
			at += 2;
		} else {
			const length = line.slice(at).search(unquoted);
			const end = length < 0 ? line.length : at + length;
			word = (word ?? '') + line.slice(at, end);
			at = end;
		}
	}
	return word === undefined ? words : [...words, word];
};

/** Within double quotes a backslash stands for itself, except before the four that a shell would read. */
const readDouble = (line: string, from: number): {readonly text: string; readonly end: number} | undefined => {
	let text = '';
	for (let at = from; at < line.length; at += 1) {
		const character = line.charAt(at);
		if (character === '"') return {text, end: at + 1};
		if (character === '\\' && /["\\$`]/.test(line.charAt(at + 1))) at += 1;
		text += line.charAt(at);
	}
	return undefined;
};
