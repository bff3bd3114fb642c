/** What a 401 asks for. `realm` is where tokens are given. */
export type Challenge =
	| {readonly kind: 'basic'}
	| {readonly kind: 'bearer'; readonly realm: string; readonly service: string; readonly scope: string; readonly error: string};

const scheme = /(?:^|,)\s*(basic|bearer)(?=\s|,|$)/gi;
const parameter = /([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/gi;

/** RFC 9110 §11.6.1, as registries write it. Bearer is preferred: a password then goes to one place only. */
export const parseChallenge = (header: string | undefined): Challenge | undefined => {
	if (header === undefined) return undefined;
	const found = [...outsideQuotes(header).matchAll(scheme)].map(match => ({
		kind: match[1]!.toLowerCase(),
		from: match.index + match[0].length,
		at: match.index,
	}));
	const bearer = found.findIndex(({kind}) => kind === 'bearer');
	if (bearer >= 0) {
		const parameters = readParameters(header.slice(found[bearer]!.from, found[bearer + 1]?.at));
		const realm = parameters.get('realm');
		if (realm !== undefined)
			return {
				kind: 'bearer',
				realm,
				service: parameters.get('service') ?? '',
				scope: parameters.get('scope') ?? '',
				error: parameters.get('error') ?? '',
			};
	}
	return found.some(({kind}) => kind === 'basic') ? {kind: 'basic'} : undefined;
};

/** The same length, with quoted text blanked: a realm may contain the word Basic. */
const outsideQuotes = (text: string): string => text.replace(/"(?:[^"\\]|\\.)*"/g, quoted => '_'.repeat(quoted.length));

const readParameters = (text: string): ReadonlyMap<string, string> =>
	new Map([...text.matchAll(parameter)].map(match => [match[1]!.toLowerCase(), match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? '']));
