/** One container of nerdctl's hosts store, as `meta.json` keeps it. Field names are nerdctl's. */
export type HostsMeta = {
	readonly ID: string;
	/** What CNI answered, by network. */
	readonly Networks: Readonly<Record<string, {readonly ips?: ReadonlyArray<{readonly address?: string}>}>> | null;
	readonly Hostname: string;
	readonly ExtraHosts: Readonly<Record<string, string>> | null;
	readonly Name: string;
	readonly Domainname: string;
};

/** More names for a container, by network. nerdctl knows none, so they are kept beside its file, and in it as far as `storedName` can. */
export type HostsAliases = Readonly<Record<string, readonly string[]>>;

export type HostsEntry = {readonly meta: HostsMeta; readonly aliases: HostsAliases};

/**
The name as `meta.json` has it: behind the aliases that hold on every network of the container, since nerdctl writes all of it into the hosts
files of those it starts. So a peer that nerdctl starts knows them as well; the container's name is the last word.
*/
export const storedName = ({Name, Networks}: HostsMeta, aliases: HostsAliases): string => {
	const [first, ...others] = Object.keys(Networks ?? {});
	if (Name === '' || first === undefined) return Name;
	const everywhere = (aliases[first] ?? []).filter(alias => isWord(alias) && alias !== Name && others.every(network => aliases[network]?.includes(alias)));
	return [...everywhere, Name].join(' ');
};

/** The container's own name of what `storedName` made. */
export const ownName = (stored: string): string => stored.slice(stored.lastIndexOf(' ') + 1);

const begin = '# <nerdctl>';
const end = '# </nerdctl>';

/** No blank, no line feed: a name that could write lines of its own is left out. */
const isWord = (text: string): boolean => /^[^\s#]+$/.test(text);

const line = (ip: string, names: readonly string[]): string => `${ip.padEnd(15)} ${names.join(' ')}`;

/** The default network's own form, as `web.bridge`, is left out. */
const onNetwork = (name: string, network: string): readonly string[] => (network === 'bridge' ? [name] : [name, `${name}.${network}`]);

const addressesOn = ({Networks}: HostsMeta, network: string): readonly string[] =>
	(Networks?.[network]?.ips ?? [])
		.map(({address = ''}) => address.split('/')[0] ?? '')
		.filter(ip => ip !== '' && !ip.startsWith('127.') && !['::1', '::', '0.0.0.0'].includes(ip));

const namesOf = ({Hostname, Domainname, Name}: HostsMeta, network: string): readonly string[] =>
	[
		...(Domainname === '' || Hostname === '' ? [] : [`${Hostname}.${Domainname}`]),
		...[Hostname, Name].filter(name => name !== '').flatMap(name => onNetwork(name, network)),
	].filter(isWord);

const sharedNetworks = (mine: HostsMeta, other: HostsMeta): readonly string[] =>
	Object.keys(other.Networks ?? {}).filter(network => mine.Networks?.[network] !== undefined);

/** What stands between the marks: this machine, what the user added, and every container on a network of ours. */
const region = (mine: HostsMeta, entries: readonly HostsEntry[]): readonly string[] => [
	begin,
	'127.0.0.1	localhost localhost.localdomain',
	'::1		localhost localhost.localdomain',
	...Object.entries(mine.ExtraHosts ?? {})
		.filter(([host, ip]) => isWord(host) && isWord(ip))
		.map(([host, ip]) => line(ip, [host])),
	...entries.flatMap(({meta}) =>
		sharedNetworks(mine, meta).flatMap(network => addressesOn(meta, network).map(ip => line(ip, namesOf(meta, network)))),
	),
	end,
];

/** Lines for the aliases of those we can reach. They stand outside of the marks: nerdctl writes between them anew at each of its starts. */
export const aliasLines = (mine: HostsMeta, entries: readonly HostsEntry[]): readonly string[] =>
	entries.flatMap(({meta, aliases}) =>
		sharedNetworks(mine, meta).flatMap(network => {
			const names = (aliases[network] ?? []).filter(isWord).flatMap(name => onNetwork(name, network));
			return names.length === 0 ? [] : addressesOn(meta, network).map(ip => line(ip, names));
		}),
	);

/** What others wrote into the file, without the part between the marks and without comments: nerdctl drops those as well. */
const foreignLines = (text: string): readonly string[] => {
	const kept: string[] = [];
	let isInside = false;
	for (const raw of text.split('\n')) {
		const trimmed = raw.trim().replaceAll('\t', ' ');
		if (trimmed === begin) isInside = true;
		const [ip = '', ...names] = trimmed.split(/ +/);
		const isEntry = !isInside && names.length > 0 && !/^[#;]/.test(trimmed) && !names.some(name => name.startsWith('#'));
		if (isEntry && ip !== '127.0.0.1' && ip !== '::1') kept.push(trimmed);
		if (trimmed === end) isInside = false;
	}
	return kept;
};

/** The whole new file. `written` are the alias lines of the last time. */
export const hostsFile = (current: string, mine: HostsMeta, entries: readonly HostsEntry[], written: readonly string[]): string => {
	const foreign = foreignLines(current).filter(each => !written.includes(each));
	return [...foreign, ...aliasLines(mine, entries), ...region(mine, entries), ''].join('\n');
};

/** In the machine's own network a container has the machine's file, with what the user added. */
export const sharedHostsFile = (machine: string, extraHosts: Readonly<Record<string, string>>): string => {
	const added = Object.entries(extraHosts).filter(([host, ip]) => isWord(host) && isWord(ip));
	const base = machine === '' || machine.endsWith('\n') ? machine : `${machine}\n`;
	return added.length === 0 ? base : `${base}${[begin, ...added.map(([host, ip]) => line(ip, [host])), end, ''].join('\n')}`;
};

/** `host:ip`; the address may have colons itself. What is neither is left out. */
export const extraHostsOf = (pairs: readonly string[]): Readonly<Record<string, string>> =>
	Object.fromEntries(
		pairs.flatMap(pair => {
			const at = pair.indexOf(':');
			return at <= 0 ? [] : [[pair.slice(0, at), pair.slice(at + 1)] as const];
		}),
	);
