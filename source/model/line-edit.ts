/** A line of text with a cursor in it, in UTF-16 units but never inside a surrogate pair. */
export type LineEdit = {readonly text: string; readonly cursor: number};

const before = (text: string, cursor: number): number => {
	const low = text.charCodeAt(cursor - 1);
	return cursor - (low >= 0xdc00 && low <= 0xdfff && cursor > 1 ? 2 : 1);
};

const after = (text: string, cursor: number): number => {
	const high = text.charCodeAt(cursor);
	return cursor + (high >= 0xd800 && high <= 0xdbff ? 2 : 1);
};

export const insert = ({text, cursor}: LineEdit, added: string): LineEdit => ({
	text: text.slice(0, cursor) + added + text.slice(cursor),
	cursor: cursor + added.length,
});

/** The keys of every shell's line editor; undefined for a key that is none of them. */
export const editKey = (line: LineEdit, key: string): LineEdit | undefined => {
	const {text, cursor} = line;
	switch (key) {
		case 'backspace':
			return cursor === 0 ? line : {text: text.slice(0, before(text, cursor)) + text.slice(cursor), cursor: before(text, cursor)};
		case 'delete':
			return cursor >= text.length ? line : {text: text.slice(0, cursor) + text.slice(after(text, cursor)), cursor};
		case 'left':
		case 'ctrl-b':
			return cursor === 0 ? line : {text, cursor: before(text, cursor)};
		case 'right':
		case 'ctrl-f':
			return cursor >= text.length ? line : {text, cursor: after(text, cursor)};
		case 'home':
		case 'ctrl-a':
			return {text, cursor: 0};
		case 'end':
		case 'ctrl-e':
			return {text, cursor: text.length};
		case 'ctrl-u':
			return {text: text.slice(cursor), cursor: 0};
		case 'ctrl-k':
			return {text: text.slice(0, cursor), cursor};
		case 'ctrl-w': {
			const kept = text.slice(0, cursor).replace(/\S*\s*$/, '');
			return {text: kept + text.slice(cursor), cursor: kept.length};
		}
		case 'space':
			return insert(line, ' ');
		default:
			return [...key].length === 1 ? insert(line, key) : undefined;
	}
};
