import {dirname, resolve} from 'node:path';
import {parse} from 'smol-toml';
import {Failure, messageOf} from '../../errors.ts';
import type {Capability, Endpoint} from './types.ts';

type Table = Readonly<Record<string, unknown>>;

export type ParseOptions = {
	/** Where the registry is when the file does not say. */
	readonly server: string;
	readonly read: (path: string) => Promise<string>;
};

const units: Readonly<Record<string, number>> = {ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000};

/** Go's durations: `1m30s`. */
const durationMs = (text: string): number | undefined => {
	const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
	if (parts.map(([part]) => part).join('') !== text || parts.length === 0) return undefined;
	return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit!]!, 0);
};

/** containerd's hosts.toml: the `[host."…"]` tables in the order in which they are written, then the registry itself. */
export const parseHostsToml = async (
	path: string,
	text: string,
	host: string,
	{server, read}: ParseOptions,
): Promise<readonly Endpoint[]> => {
	let file: Table;
	try {
		file = parse(text) as Table;
	} catch (error) {
		throw new Failure('invalid', `${path} is not TOML: ${messageOf(error).split('\n')[0]}`, {
			cause: error,
			hint: 'mend the file or remove it',
		});
	}
	const wrong = (what: string): Failure =>
		new Failure('invalid', `${path}: ${what}`, {hint: "mend the file; containerd's docs/hosts.md describes it"});
	const tables = isTable(file['host']) ? Object.entries(file['host']) : [];
	const readBeside = async (name: string): Promise<string> => {
		const full = resolve(dirname(path), name);
		try {
			return await read(full);
		} catch (error) {
			throw wrong(`${full} can not be read: ${messageOf(error)}`);
		}
	};

	const endpoint = async (address: string, table: Table, isMirror: boolean): Promise<Endpoint> => {
		const {capabilities, ca, client, skip_verify: skipVerify, header, override_path: overridePath, dial_timeout: dialTimeout} = table;
		const said = list(capabilities)?.map(name => name.toLowerCase());
		const unknown = said?.find(name => !['pull', 'resolve', 'push', 'referrers'].includes(name));
		if (unknown !== undefined) throw wrong(`${JSON.stringify(unknown)} is no capability`);
		const timeout = typeof dialTimeout === 'string' ? durationMs(dialTimeout) : undefined;
		if (dialTimeout !== undefined && timeout === undefined) throw wrong('dial_timeout is no duration');
		const pair = firstPair(client);
		return {
			base: baseOf(address, overridePath === true) ?? fail(wrong(`${JSON.stringify(address)} is no address`)),
			capabilities: new Set(
				said === undefined || said.length === 0 ? ['pull', 'resolve', 'push'] : (said.filter(name => name !== 'referrers') as Capability[]),
			),
			headers: isTable(header)
				? Object.fromEntries(Object.entries(header).map(([name, value]) => [name.toLowerCase(), (list(value) ?? []).join(', ')]))
				: {},
			tls: {
				skipVerify: skipVerify === true,
				ca: await Promise.all((list(ca) ?? []).map(readBeside)),
				client: pair === undefined ? undefined : {certificate: await readBeside(pair[0]), key: await readBeside(pair[1])},
			},
			mayFallBackToHttp: false,
			mirrorOf: isMirror ? host : undefined,
			connectTimeoutMs: timeout,
		};
	};

	const mirrors = await Promise.all(
		tables.filter(([, table]) => isTable(table)).map(async ([address, table]) => endpoint(address, table as Table, true)),
	);
	const said = typeof file['server'] === 'string' && file['server'] !== '' ? file['server'] : server;
	const own = await endpoint(said, file, false);
	// The registry is often listed among its own mirrors, to give it a `ca`; what the table says then holds.
	return mirrors.some(({base}) => base === own.base)
		? mirrors.map(mirror => (mirror.base === own.base ? {...mirror, mirrorOf: undefined} : mirror))
		: [...mirrors, own];
};

const fail = (error: Failure): never => {
	throw error;
};

const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A string or a list of strings. */
const list = (value: unknown): readonly string[] | undefined =>
	typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter(entry => typeof entry === 'string') : undefined;

/** One file with both, files with both, or pairs of files. The first serves: TLS sends one. */
const firstPair = (value: unknown): readonly [string, string] | undefined => {
	const first: unknown = Array.isArray(value) ? value[0] : value;
	if (typeof first === 'string') return [first, first];
	if (!Array.isArray(first)) return undefined;
	const [certificate, key]: readonly unknown[] = first;
	return typeof certificate === 'string' && typeof key === 'string' ? [certificate, key] : undefined;
};

const baseOf = (address: string, isWhole: boolean): string | undefined => {
	const text = /^https?:\/\//.test(address) ? address : `https://${address}`;
	if (!URL.canParse(text)) return undefined;
	const url = new URL(text);
	const path = url.pathname.replace(/\/+$/, '');
	return `${url.origin}${isWhole || path.endsWith('/v2') ? path : `${path}/v2`}`;
};
