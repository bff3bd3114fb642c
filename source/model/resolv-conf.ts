/** What a container is to have in `/etc/resolv.conf`. Source of the rules: nerdctl pkg/resolvconf, which has them from docker. */
export type ResolvConfRequest = {
	/** This machine's `/etc/resolv.conf`; empty when there is none. */
	readonly host: string;
	/** Each empty list takes what the machine has. */
	readonly servers: readonly string[];
	readonly search: readonly string[];
	readonly options: readonly string[];
	/** In the machine's own network its local resolver can be reached, and IPv6 as the machine can. */
	readonly sharesHostNetwork: boolean;
};

/** Where docker and nerdctl look when no resolver of the machine can be reached from a container. */
const publicServers = ['8.8.8.8', '8.8.4.4'];

const lastValues = (text: string, key: string): readonly string[] =>
	values(text, key).at(-1)?.split(/\s+/).filter(Boolean) ?? [];

const values = (text: string, key: string): readonly string[] =>
	text
		.split('\n')
		.map(line => line.replace(/[#;].*$/, '').trim())
		.filter(line => line.startsWith(key) && /\s/.test(line[key.length] ?? ''))
		.map(line => line.slice(key.length).trim());

const isLoopback = (server: string): boolean => server.startsWith('127.') || server === '::1';

/** systemd-resolved's stub is no use outside of the machine; what it asks itself is in another file then. */
export const asksSystemdResolved = (text: string): boolean => {
	const servers = values(text, 'nameserver');
	return servers.length === 1 && servers[0] === '127.0.0.53';
};

export const systemdResolvConf = '/run/systemd/resolve/resolv.conf';

const serversOf = ({host, sharesHostNetwork}: ResolvConfRequest): readonly string[] => {
	const all = values(host, 'nameserver');
	const reachable = sharesHostNetwork ? all : all.filter(server => !isLoopback(server) && !server.includes(':'));
	return reachable.length > 0 ? reachable : publicServers;
};

/** The text of the file. A search list of one dot means: none, not even the machine's. */
export const resolvConf = (request: ResolvConfRequest): string => {
	const {host, servers, search, options} = request;
	const domains = search.length > 0 ? search : lastValues(host, 'search');
	const settings = options.length > 0 ? options : lastValues(host, 'options');
	return [
		...(domains.length === 0 || domains.join(' ') === '.' ? [] : [`search ${domains.join(' ')}`]),
		...(servers.length > 0 ? servers : serversOf(request)).map(server => `nameserver ${server}`),
		...(settings.length === 0 ? [] : [`options ${settings.join(' ')}`]),
		'',
	].join('\n');
};
