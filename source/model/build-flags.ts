import {Failure} from '../errors.ts';
import {readKeyValues} from './comma-list.ts';

/** Where a secret comes from when a step asks for it; never what it is. */
export type SecretSource = {readonly id: string} & ({readonly file: string} | {readonly variable: string});

/** `id=key,src=file`, `id=key,env=VARIABLE`; with the id alone it is a variable of that name when there is one, else a file. */
export const parseSecret = (text: string, env: Readonly<Record<string, string | undefined>>): SecretSource => {
	const fields = readKeyValues(text);
	const strange = [...fields.keys()].find(key => !['type', 'id', 'source', 'src', 'env'].includes(key));
	if (strange !== undefined) throw new Failure('invalid', `--secret ${JSON.stringify(text)} has a field ${JSON.stringify(strange)}`, {hint: 'say id=NAME,src=FILE or id=NAME,env=VARIABLE'});
	const type = fields.get('type');
	if (type !== undefined && type !== 'file' && type !== 'env') throw new Failure('invalid', `--secret ${JSON.stringify(text)}: there are no secrets of type ${JSON.stringify(type)}`, {hint: 'say type=file or type=env'});
	const source = fields.get('src') ?? fields.get('source');
	const variable = fields.get('env') ?? (type === 'env' ? source : undefined);
	const id = fields.get('id') ?? variable ?? source?.replace(/^.*\//, '') ?? '';
	if (id === '') throw new Failure('invalid', `--secret ${JSON.stringify(text)} has no id`, {hint: 'say id=NAME,src=FILE or id=NAME,env=VARIABLE'});
	if (variable !== undefined) return {id, variable};
	if (source !== undefined) return {id, file: source};
	return type !== 'file' && env[id] !== undefined ? {id, variable: id} : {id, file: id};
};

/** An agent's socket for the name that the build has for it; undefined is the user's own agent. */
export type AgentSource = {readonly id: string; readonly socket: string | undefined};

/** `default`, `id` or `id=socket`. Whether what is named is a socket is seen when it is opened. */
export const parseAgent = (text: string): AgentSource => {
	const equals = text.indexOf('=');
	const id = equals < 0 ? text : text.slice(0, equals);
	const paths = equals < 0 ? [] : text.slice(equals + 1).split(',');
	if (id === '' || paths.includes('')) throw new Failure('invalid', `--ssh ${JSON.stringify(text)} is not understood`, {hint: 'say default, NAME or NAME=SOCKET'});
	if (paths.length > 1) throw new Failure('unsupported', `--ssh ${JSON.stringify(text)} names several keys`, {hint: 'add them to an ssh-agent and name its socket'});
	return {id, socket: paths[0]};
};

/** What becomes of the result. `load`: into the images here, whichever way is shortest. */
export type BuildOutput =
	| {readonly kind: 'load'; readonly format: 'docker' | 'oci' | undefined; readonly attrs: Readonly<Record<string, string>>}
	| {readonly kind: 'archive'; readonly type: 'docker' | 'oci' | 'tar'; readonly to: string; readonly attrs: Readonly<Record<string, string>>}
	| {readonly kind: 'folder'; readonly to: string; readonly attrs: Readonly<Record<string, string>>}
	| {readonly kind: 'daemon'; readonly type: string; readonly attrs: Readonly<Record<string, string>>}
	| {readonly kind: 'nothing'};

/** `type=local,dest=DIR`, or a folder alone; `-` is a tar on stdout. */
export const parseOutput = (text: string): BuildOutput => {
	if (text === '-') return {kind: 'archive', type: 'tar', to: '-', attrs: {}};
	if (!/(?:^|,)"?type=/i.test(text)) return {kind: 'folder', to: text, attrs: {}};
	const fields = readKeyValues(text);
	const type = fields.get('type') ?? '';
	const to = fields.get('dest');
	const attrs = Object.fromEntries([...fields].filter(([key]) => key !== 'type' && key !== 'dest').map(([key, value]) => [key, value ?? '']));
	const needed = (): Failure => new Failure('invalid', `--output ${JSON.stringify(text)} does not say where to`, {hint: `add dest=${type === 'local' ? 'FOLDER' : 'FILE, or dest=- for standard output'}`});
	if (type === 'docker' || type === 'oci') return to === undefined ? {kind: 'load', format: type, attrs} : {kind: 'archive', type, to, attrs};
	if (type === 'tar') {
		if (to === undefined) throw needed();
		return {kind: 'archive', type, to, attrs};
	}

	if (type === 'local') {
		if (to === undefined) throw needed();
		return {kind: 'folder', to, attrs};
	}

	if (type === 'cacheonly') return {kind: 'nothing'};
	if (type === 'registry') return {kind: 'daemon', type: 'image', attrs: {...attrs, push: 'true'}};
	if (type === 'image') return {kind: 'daemon', type, attrs};
	throw new Failure('invalid', `--output ${JSON.stringify(text)}: there is no type ${JSON.stringify(type)}`, {hint: 'say local, tar, docker, oci, image, registry or cacheonly'});
};

export type CacheEntry = {readonly type: string; readonly attrs: Readonly<Record<string, string>>};

/** An image's name alone is a cache in its registry. */
export const parseCache = (text: string, flag: '--cache-from' | '--cache-to'): CacheEntry => {
	if (!/(?:^|,)"?type=/i.test(text)) return {type: 'registry', attrs: {ref: text}};
	const fields = readKeyValues(text);
	const type = fields.get('type') ?? '';
	const folder = flag === '--cache-from' ? 'src' : 'dest';
	if (type === 'local' && (fields.get(folder) ?? '') === '') throw new Failure('invalid', `${flag} ${JSON.stringify(text)} names no folder`, {hint: `add ${folder}=FOLDER`});
	return {type, attrs: Object.fromEntries([...fields].filter(([key]) => key !== 'type').map(([key, value]) => [key, value ?? '']))};
};

/** What the daemon fetches by itself: a repository or an archive, not a folder here. */
export const isRemoteContext = (context: string): boolean =>
	/^(?:https?|git|ssh):\/\//.test(context) || /^[\w.-]+@[\w.-]+:/.test(context) || context.startsWith('github.com/');
