/** `-l KEY=VALUE`; a bare key means `true`, as in nerdctl. */
export const labelsOf = (pairs: readonly string[]): Readonly<Record<string, string>> =>
	Object.fromEntries(
		pairs.map(pair => {
			const at = pair.indexOf('=');
			return at === -1 ? [pair, 'true'] : [pair.slice(0, at), pair.slice(at + 1)];
		}),
	);
