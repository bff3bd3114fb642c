/** `-l KEY=VALUE`; what a bare key means differs between nerdctl's verbs. */
export const labelsOf = (pairs: readonly string[], bare: '' | 'true' = 'true'): Readonly<Record<string, string>> =>
	Object.fromEntries(
		pairs.map(pair => {
			const at = pair.indexOf('=');
			return at === -1 ? [pair, bare] : [pair.slice(0, at), pair.slice(at + 1)];
		}),
	);
