export type AptSource = {readonly uri: string; readonly options: string; readonly components: string};

const field = (stanza: string, name: string): string | undefined => new RegExp(`^${name}:[ \\t]*(\\S.*)$`, 'im').exec(stanza)?.[1];

/** The sources of one release, out of either way apt writes them: one line, or a stanza. */
export const parseSources = (text: string, codename: string): readonly AptSource[] => {
	const fromLines = [...text.matchAll(/^deb[ \t]+(\[[^\]]*\][ \t]+)?(\S+)[ \t]+(\S+)[ \t]+(.+)$/gm)]
		.filter(match => match[3] === codename)
		.map(match => ({uri: match[2]!, options: match[1] ?? '', components: match[4]!}));
	const fromStanzas = text
		.split(/\n\s*\n/)
		.filter(stanza => field(stanza, 'Types')?.split(/\s+/).includes('deb') && field(stanza, 'Suites')?.split(/\s+/).includes(codename))
		.map(stanza => {
			const key = field(stanza, 'Signed-By');
			return {
				uri: field(stanza, 'URIs')?.split(/\s+/)[0] ?? '',
				options: key?.startsWith('/') ? `[signed-by=${key}] ` : '',
				components: field(stanza, 'Components') ?? 'main',
			};
		});
	return [...fromLines, ...fromStanzas].filter(source => source.uri !== '');
};
