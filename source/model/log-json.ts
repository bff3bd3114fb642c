/** Longer lines stay on one line: nobody reads ten thousand rows of one entry. */
const mostCharacters = 32 * 1024;
const mostRows = 400;

/**
The rows of a line that is a JSON object or array, indented; undefined for any other line. Text before the first brace, such as a
time, stays in front. Expects a text without colours.
*/
export const prettyJson = (text: string): readonly string[] | undefined => {
	const from = text.search(/[{[]/);
	if (from < 0 || text.length > mostCharacters || !/[}\]]\s*$/.test(text)) return undefined;
	try {
		const value: unknown = JSON.parse(text.slice(from));
		const rows = JSON.stringify(value, undefined, 2).split('\n');
		if (rows.length < 2) return undefined;
		const shown = rows.length > mostRows ? [...rows.slice(0, mostRows), `… +${rows.length - mostRows} rows`] : rows;
		return [text.slice(0, from) + (shown[0] ?? ''), ...shown.slice(1)];
	} catch {
		return undefined;
	}
};
