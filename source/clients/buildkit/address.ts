import {Failure} from '../../errors.ts';
import {plain} from '../../model/sanitize.ts';

/** Files, none of them read yet. */
export type TlsFiles = {
	readonly ca: string | undefined;
	readonly cert: string | undefined;
	readonly key: string | undefined;
	readonly serverName: string | undefined;
};

/** Where a BuildKit can be reached: a daemon of its own, or the one in a dockerd. */
export type Target =
	| {readonly kind: 'unix'; readonly path: string}
	| {readonly kind: 'docker'; readonly path: string}
	| {readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: TlsFiles | undefined};

/** As it is said to people. */
export const spokenTarget = (target: Target): string =>
	target.kind === 'tcp' ? `tcp://${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}` : target.kind === 'unix' ? target.path : `docker://${target.path}`;

/** Each needs a program that this is made not to need. */
const foreign: Readonly<Record<string, string>> = {
	'docker-container': 'it is reached through docker exec',
	'nerdctl-container': 'it is reached through nerdctl exec',
	'podman-container': 'it is reached through podman exec',
	'kube-pod': 'it is reached through kubectl exec',
	ssh: 'it is reached through ssh',
	npipe: 'named pipes are Windows’',
};

const forms = 'say unix:///run/buildkit/buildkitd.sock, tcp://HOST:PORT or docker:///run/docker.sock';

const tcpTarget = (url: URL): Target => {
	const said = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
	const tls = {ca: said('ca'), cert: said('cert'), key: said('key'), serverName: said('servername')};
	const known = ['ca', 'cert', 'key', 'servername', 'tls'];
	const strange = [...url.searchParams.keys()].find(name => !known.includes(name));
	if (strange !== undefined) throw new Failure('invalid', `There is no ${plain(strange)} to an address of BuildKit`, {hint: 'after ? there can be ca=, cert=, key= and servername='});
	if ((tls.cert === undefined) !== (tls.key === undefined)) throw new Failure('invalid', 'A certificate of the client needs its key, and the other way round', {hint: 'say both cert= and key='});
	const hasTls = url.searchParams.has('tls') || Object.values(tls).some(value => value !== undefined);
	return {kind: 'tcp', host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port), tls: hasTls ? tls : undefined};
};

/**
`unix://`, `tcp://` or `docker://`, which is a dockerd's socket; a bare path is a unix socket. Files for TLS follow an address of tcp as in
`tcp://host:1234?ca=ca.pem&cert=cert.pem&key=key.pem`.
*/
export const parseAddress = (address: string): Target => {
	const invalid = (why: string): Failure => new Failure('invalid', `${JSON.stringify(plain(address))} is no address of a BuildKit: ${why}`, {hint: forms});
	const [, scheme = '', rest = ''] = /^([a-z][a-z-]*):\/\/(.*)$/s.exec(address) ?? ['', 'unix', address];
	if (scheme === 'unix' || scheme === 'docker') {
		if (!rest.startsWith('/')) throw invalid('the path of the socket must begin with /');
		return {kind: scheme, path: rest};
	}

	const reason = foreign[scheme];
	if (reason !== undefined) throw invalid(reason);
	if (scheme !== 'tcp') throw invalid(`there is no way called ${plain(scheme)}`);
	let url: URL;
	try {
		// Under a scheme that JavaScript knows the parts of.
		url = new URL(`ws://${rest}`);
	} catch {
		throw invalid('it has no host and port');
	}

	if (url.port === '') throw invalid('it has no port');
	return tcpTarget(url);
};

export type SocketPlaces = {
	readonly namespace: string;
	readonly isRootless: boolean;
	/** XDG_RUNTIME_DIR. */
	readonly runtimeDir: string | undefined;
	readonly uid: number;
};

/** Where a buildkitd listens when nobody said where, nerdctl's order: one for the namespace first. */
export const usualSockets = ({namespace, isRootless, runtimeDir, uid}: SocketPlaces): readonly string[] => {
	const run = isRootless ? runtimeDir || `/run/user/${uid}` : '/run';
	return [...new Set([`${run}/buildkit-${namespace}/buildkitd.sock`, `${run}/buildkit-default/buildkitd.sock`, `${run}/buildkit/buildkitd.sock`])];
};
