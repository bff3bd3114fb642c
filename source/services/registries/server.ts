import {Failure} from '../../errors.ts';

const hubNames: ReadonlySet<string> = new Set(['', 'docker.io', 'index.docker.io', 'registry-1.docker.io']);

/** `https://registry.example/v2/` → `registry.example`; all of Docker Hub's names → `docker.io`. */
export const serverHost = (server: string): string => {
	const address = /^https?:\/\//.test(server) ? server : `https://${server}`;
	if (hubNames.has(server) || server === 'https://index.docker.io/v1/') return 'docker.io';
	if (!URL.canParse(address) || /[\s@]/.test(server))
		throw new Failure('invalid', `${JSON.stringify(server)} is no registry`, {hint: 'name a host, as in registry.example:5000'});
	// URL drops :443 as https's own; whoever wrote it may have images named so, and their host is looked up both ways.
	const host = new URL(address).host;
	return hubNames.has(host) ? 'docker.io' : host;
};

/** The first part is a host as it is in a reference: it has a dot or a port, or is `localhost`. */
export const splitTerm = (term: string): {readonly host: string; readonly rest: string} => {
	const slash = term.indexOf('/');
	const first = term.slice(0, Math.max(0, slash));
	return slash > 0 && (/[.:]/.test(first) || first === 'localhost')
		? {host: serverHost(first), rest: term.slice(slash + 1)}
		: {host: 'docker.io', rest: term};
};
