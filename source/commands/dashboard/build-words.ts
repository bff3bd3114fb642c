import type {BuildRequest} from '../../services/builds/types.ts';

/** A field of a comma list: one that has a comma in it stands in quotes. */
const field = (key: string, value: string): string => (/[",\r\n]/.test(value) ? `"${key}=${value.replaceAll('"', '""')}"` : `${key}=${value}`);

const each = (flag: string, values: readonly string[]): readonly string[] => values.flatMap((value) => [flag, value]);

const one = (flag: string, value: string | undefined): readonly string[] => (value === undefined ? [] : [flag, value]);

type Asked = Omit<BuildRequest, 'address' | 'stdout'>;

/** The words of `build` that ask for the same, but for a Dockerfile that is in no file: that one is `-f -`. */
export const wordsOfRequest = ({context, dockerfile, tags, flags, secrets, agents, cacheFrom, cacheTo}: Asked): readonly string[] => {
	const entry = ({type, attrs}: Asked['cacheFrom'][number]): string => [field('type', type), ...Object.entries(attrs).map(([key, value]) => field(key, value))].join(',');
	return [
		...each('--tag', tags),
		...(dockerfile === undefined ? [] : ['--file', typeof dockerfile === 'string' ? dockerfile : '-']),
		...one('--target', flags.target),
		...each('--platform', flags.platforms),
		...each('--build-arg', flags.buildArgs),
		...each('--label', flags.labels),
		...(flags.noCache ? ['--no-cache'] : []),
		...(flags.pull === undefined ? [] : [flags.pull ? '--pull' : '--pull=false']),
		...(flags.network === 'default' ? [] : ['--network', flags.network]),
		...each('--add-host', flags.addHosts),
		...each('--build-context', flags.buildContexts),
		...each('--allow', flags.allow),
		...each('--attest', flags.attest),
		...one('--provenance', flags.provenance),
		...one('--sbom', flags.sbom),
		...each('--secret', secrets.map((source) => [field('id', source.id), 'file' in source ? field('src', source.file) : field('env', source.variable)].join(','))),
		...each('--ssh', agents.map(({id, socket}) => (socket === undefined ? id : `${id}=${socket}`))),
		...each('--cache-from', cacheFrom.map(entry)),
		...each('--cache-to', cacheTo.map(entry)),
		context,
	];
};
