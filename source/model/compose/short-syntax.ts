import {splitWords} from '../shell-words.ts';
import {fault, type List, list, mapping, type Scalar, scalar, textOf, type Value} from './value.ts';

export const alone = (value: Scalar): List => list([value], value.at);

/** `NAME=value` or `NAME`, whose value is null: looked up later, or nothing. */
export const keyValue = (item: Scalar): readonly [string, Value] => {
	const line = String(item.value);
	const at = line.indexOf('=');
	return at < 0 ? [line, scalar(undefined, item.at)] : [line.slice(0, at), scalar(line.slice(at + 1), item.at)];
};

/** As `keyValue`, where a name alone has an empty value. */
export const labelled = (item: Scalar): readonly [string, Value] => {
	const [key, value] = keyValue(item);
	return [key, textOf(value) === undefined ? scalar('', item.at) : value];
};

/** For maps whose entries all need a value. */
export const assigned = (item: Scalar, path: string): readonly [string, Value] => {
	const line = String(item.value);
	if (!line.includes('=')) throw fault(item.at, path, `must be NAME=value, not ${JSON.stringify(line)}`);
	return keyValue(item);
};

export const sshKey = (item: Scalar, path: string): readonly [string, Value] => {
	const pair = keyValue(item);
	if (textOf(pair[1]) === undefined && pair[0] !== 'default') throw fault(item.at, path, `must be ID=PATH or default, not ${JSON.stringify(pair[0])}`);
	return pair;
};

/** An address without the brackets that IPv6 may come in. */
export const bare = (value: Value): readonly Value[] => [
	value.kind === 'scalar' && typeof value.value === 'string' ? {...value, value: value.value.replace(/^\[(.*)\]$/, '$1')} : value,
];

/** `name:address` or `name=address`; an address of IPv6 has colons of its own. */
export const extraHost = (item: Scalar, path: string): readonly [string, Value] => {
	const line = String(item.value);
	const [, host = '', address = ''] = /^([^=:]+)[=:](.+)$/.exec(line) ?? [];
	if (host === '') throw fault(item.at, path, `must be HOST:IP, not ${JSON.stringify(line)}`);
	return [host, list([scalar(address, item.at)], item.at)];
};

export const startedDependency = (item: Scalar): readonly [string, Value] => [
	String(item.value),
	mapping({condition: 'service_started', required: true}, item.at),
];

export const named = (item: Scalar): readonly [string, Value] => [String(item.value), scalar(undefined, item.at)];

/** A line of words as a shell parts it. */
export const words = (value: Scalar, path: string): List => {
	const split = splitWords(String(value.value));
	if ('open' in split) throw fault(value.at, path, `has no closing ${split.open}`);
	return list(
		split.map(word => scalar(word, value.at)),
		value.at,
	);
};

export const healthTest = (value: Scalar): List => list([scalar('CMD-SHELL', value.at), value], value.at);

export const under =
	(key: string) =>
	(value: Scalar): Value =>
		mapping({[key]: value}, value.at);

export const device = (value: Scalar, path: string): Value => {
	const line = String(value.value);
	const parts = line.split(':');
	const [source = '', target = source, permissions = 'rwm'] = parts;
	if (parts.length > 3 || source === '') throw fault(value.at, path, `must be SOURCE[:TARGET[:PERMISSIONS]], not ${JSON.stringify(line)}`);
	return mapping({source, target, permissions}, value.at);
};

/** `gpus: all`. */
export const allGpus = (value: Scalar): List => list([mapping({count: value}, value.at)], value.at);
