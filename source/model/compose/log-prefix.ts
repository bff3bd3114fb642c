/** `web-1` of `shop-web-1`; a name that the file gave is said whole. */
export const shortName = (project: string, name: string): string => (name.startsWith(`${project}-`) && name.length > project.length + 1 ? name.slice(project.length + 1) : name);

/** Docker's, one after the other: six plain colours, then the bright ones. */
const colours = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94] as const;

/** SGR codes by name, in the order in which the names came. */
export const coloursOf = (names: readonly string[]): ReadonlyMap<string, number> => new Map(names.map((name, at) => [name, colours[at % colours.length] ?? 36]));

/** `web-1  | `: as wide for every name as for the longest. */
export const logPrefix = (name: string, width: number, colour: number | undefined): string => {
	const text = `${name.padEnd(width)}  | `;
	return colour === undefined ? text : `\u001B[${colour}m${text}\u001B[0m`;
};
