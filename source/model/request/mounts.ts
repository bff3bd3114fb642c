import {Failure} from '../../errors.ts';
import type {MountRequest} from '../create-request.ts';
import {parseBytes} from './bytes.ts';
import {booleanOf} from './pairs.ts';

/** nerdctl's rule for names of volumes: what does not obey it is a path. */
const isVolumeName = (text: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(text);

const absolute = (text: string, flag: string): string => {
	if (!text.startsWith('/')) throw new Failure('invalid', `${flag}: expected an absolute path in the container, got ${JSON.stringify(text)}`);
	return text;
};

const once = (options: readonly string[], among: readonly string[], what: string): string | undefined => {
	const found = options.filter(option => among.includes(option));
	if (found.length > 1) throw new Failure('invalid', `duplicated ${what} option: ${found.join(', ')}`);
	return found[0];
};

const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
const known = new Set(['ro', 'rw', 'rro', 'bind', 'rbind', 'z', 'Z', ...propagations]);

/** Whether it is a volume or a path is told by its look. */
const sourceOf = (source: string): Pick<MountRequest, 'type' | 'source'> => (source === '' || isVolumeName(source) ? {type: 'volume', source} : {type: 'bind', source});

/** `-v [SOURCE:]TARGET[:OPTIONS]`. A path that is not there is made. */
export const parseVolume = (text: string): MountRequest => {
	const parts = text.replace(/^:+/, '').split(':');
	if (parts.length > 3 || text === '') throw new Failure('invalid', `-v ${JSON.stringify(text)}: there are too many or too few parts`, {hint: 'write it as SOURCE:TARGET or SOURCE:TARGET:ro'});
	const [first = '', second, third = ''] = parts;
	const [source, target] = second === undefined ? ['', first] : [first, second];
	const options = third.split(',').filter(option => option !== '');
	const unknown = options.find(option => !known.has(option));
	if (unknown !== undefined) throw new Failure('invalid', `-v ${JSON.stringify(text)}: unknown option ${JSON.stringify(unknown)}`, {hint: 'known are ro, rw, rro, bind, rbind, z, Z and the propagations'});
	const kind = sourceOf(source);
	const mode = once(options, ['ro', 'rw', 'rro'], 'read/write');
	const bind = once(options, ['bind', 'rbind'], 'bind/rbind');
	const propagation = once(options, propagations, 'propagation');
	if (kind.type === 'volume' && (bind ?? propagation) !== undefined) throw new Failure('invalid', `-v ${JSON.stringify(text)}: ${bind ?? propagation} is for bind mounts only`);
	return {
		...kind,
		target: absolute(target, '-v'),
		readOnly: mode === 'ro' || mode === 'rro',
		makeSource: kind.type === 'bind',
		options: options.filter(option => option !== 'ro' && option !== 'rw'),
	};
};

/** `--tmpfs TARGET[:OPTIONS]`. */
export const parseTmpfs = (text: string): MountRequest => {
	const at = text.indexOf(':');
	const [target, options] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
	const list = options.split(',').filter(option => option !== '');
	return {type: 'tmpfs', source: '', target: absolute(target, '--tmpfs'), readOnly: list.includes('ro'), makeSource: false, options: list.filter(option => option !== 'ro')};
};

const notSupported: Readonly<Record<string, string>> = {
	consistency: 'it means nothing on Linux',
	'volume-nocopy': 'an empty volume is always filled from the image',
	'volume-label': 'make the volume with `volume create --label` first',
	'volume-driver': 'there is one kind of volumes here',
	'volume-opt': 'there is one kind of volumes here',
	'volume-subpath': 'mount the path below the volume with type=bind',
	'image-subpath': 'an image is mounted whole',
	'bind-create-src': 'use -v, which makes a missing directory',
};

type Fields = {
	type: MountRequest['type'];
	source: string;
	target: string;
	mode: 'ro' | 'rro' | undefined;
	propagation: string | undefined;
	recursive: string | undefined;
	sizeBytes: number | undefined;
	tmpfsMode: string;
};

const types = new Set(['bind', 'volume', 'tmpfs', 'image']);

const setField = (fields: Fields, key: string, value: string | undefined, field: string): void => {
	const needed = (): string => {
		if (value === undefined) throw new Failure('invalid', `--mount: invalid field ${JSON.stringify(field)} must be a key=value pair`);
		return value;
	};
	switch (key) {
		case 'type':
			if (!types.has(needed())) throw new Failure('invalid', `--mount: invalid mount type ${JSON.stringify(value)}`, {hint: 'it is volume, bind, tmpfs or image'});
			fields.type = value as Fields['type'];
			break;
		case 'source':
		case 'src':
			fields.source = needed();
			break;
		case 'target':
		case 'dst':
		case 'destination':
			fields.target = needed();
			break;
		case 'readonly':
		case 'ro':
		case 'rro':
			if (value === undefined || booleanOf(`--mount ${key}`, value)) fields.mode = key === 'rro' ? 'rro' : 'ro';
			break;
		case 'bind-propagation':
			if (!propagations.includes(needed())) throw new Failure('invalid', `--mount: invalid propagation ${JSON.stringify(value)}`, {hint: `it is one of ${propagations.join(', ')}`});
			fields.propagation = value;
			break;
		case 'bind-nonrecursive':
			if (value === undefined || booleanOf(`--mount ${key}`, value)) fields.recursive = 'disabled';
			break;
		case 'bind-recursive':
			if (!/^(?:enabled|disabled|writable|readonly)$/.test(needed())) throw new Failure('invalid', `--mount: invalid value for bind-recursive: ${value}`, {hint: 'it is enabled, disabled, writable or readonly'});
			fields.recursive = value;
			break;
		case 'tmpfs-size':
			fields.sizeBytes = parseBytes(needed());
			if (fields.sizeBytes === undefined) throw new Failure('invalid', `--mount: invalid value for tmpfs-size: ${value}`, {hint: 'write it as 64m'});
			break;
		case 'tmpfs-mode':
			if (!/^[0-7]{1,5}$/.test(needed())) throw new Failure('invalid', `--mount: invalid value for tmpfs-mode: ${value}`, {hint: 'write it in octal, as 1777'});
			fields.tmpfsMode = (value ?? '').replace(/^0+(?=\d)/, '');
			break;
		default:
			if (Object.hasOwn(notSupported, key)) throw new Failure('invalid', `--mount: ${key} is not supported: ${notSupported[key]}`);
			throw new Failure('invalid', `--mount: unexpected key ${JSON.stringify(key)} in ${JSON.stringify(field)}`);
	}
};

/** The kernel's short form of a size: the largest unit that divides it. */
const tmpfsSize = (bytes: number): string => {
	const unit = [...[30, 20, 10].entries()].find(([, power]) => bytes % 2 ** power === 0);
	return unit === undefined ? `size=${bytes}` : `size=${bytes / 2 ** unit[1]}${'gmk'[unit[0]]}`;
};

const bindOptions = ({mode, propagation, recursive, type}: Fields): readonly string[] => {
	if (type !== 'bind' && recursive !== undefined) throw new Failure('invalid', '--mount: the option bind-recursive is only supported for bind mounts');
	if ((recursive === 'writable' || recursive === 'readonly') && mode === undefined) throw new Failure('invalid', `--mount: the option bind-recursive=${recursive} requires readonly to be specified in conjunction`);
	if (recursive === 'readonly' && propagation !== 'rprivate') throw new Failure('invalid', '--mount: the option bind-recursive=readonly requires bind-propagation=rprivate to be specified in conjunction');
	if (type !== 'bind' && propagation !== undefined) throw new Failure('invalid', `--mount: bind-propagation is only supported for bind mounts`);
	return [
		...(type === 'bind' ? [recursive === 'disabled' ? 'bind' : 'rbind'] : []),
		...(mode === 'rro' || recursive === 'readonly' ? ['rro'] : []),
		...(propagation === undefined ? [] : [propagation]),
	];
};

/** `--mount type=…,source=…,target=…`. A source that is not there is refused when the container is made. */
export const parseMount = (text: string): MountRequest => {
	const fields: Fields = {type: 'volume', source: '', target: '', mode: undefined, propagation: undefined, recursive: undefined, sizeBytes: undefined, tmpfsMode: '1777'};
	for (const field of text.split(',')) {
		const at = field.indexOf('=');
		setField(fields, (at < 0 ? field : field.slice(0, at)).toLowerCase(), at < 0 ? undefined : field.slice(at + 1), field);
	}
	if (fields.target === '') throw new Failure('invalid', `--mount ${JSON.stringify(text)}: a target is required`);
	const target = absolute(fields.target, '--mount');
	const common = {target, readOnly: fields.mode !== undefined, makeSource: false};
	if (fields.type === 'tmpfs') {
		if (fields.source !== '') throw new Failure('invalid', '--mount: type=tmpfs has no source');
		return {...common, type: 'tmpfs', source: '', options: [`mode=${fields.tmpfsMode}`, ...(fields.sizeBytes === undefined || fields.sizeBytes === 0 ? [] : [tmpfsSize(fields.sizeBytes)])]};
	}
	if (fields.type === 'image') {
		if (fields.source === '') throw new Failure('invalid', '--mount: type=image requires a source (the image reference)');
		return {...common, type: 'image', source: fields.source, readOnly: true, options: []};
	}
	if (fields.type === 'bind' && fields.source === '') throw new Failure('invalid', '--mount: type=bind requires a source');
	const kind = fields.type === 'bind' ? {type: 'bind' as const, source: fields.source} : sourceOf(fields.source);
	return {...common, ...kind, options: bindOptions({...fields, type: kind.type})};
};
