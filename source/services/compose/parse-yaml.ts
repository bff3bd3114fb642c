import {type Alias, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments, type Scalar as YamlScalar, type YAMLMap} from 'yaml';
import {type Entry, fault, lineStartsOf, type Mapping, type MergeTag, type Origin, scalar, type Source, type Value} from '../../model/compose/value.ts';

/** Anchors can make a file of a kilobyte stand for gigabytes; what any real project says is a hundredth of this. */
const mostValues = 200_000;

const deepest = 100;

const integerText = /^[-+]?(?:0|[1-9][\d_]*|0o?[0-7_]+|0x[\da-f_]+|0b[01_]+)$/i;
const floatText = /^[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?$/i;

/** Scalars without quotes as Go's YAML reads them, which is what docker compose does: 1.2's words, and octals with a leading 0. */
const plainValue = (text: string): string | number | boolean | undefined => {
	if (text === '' || text === '~' || /^(?:null|Null|NULL)$/.test(text)) return undefined;
	if (/^(?:true|True|TRUE)$/.test(text)) return true;
	if (/^(?:false|False|FALSE)$/.test(text)) return false;
	if (integerText.test(text)) {
		const digits = text.replaceAll('_', '').replace(/^\+/, '');
		const octal = /^(-?)0o?([0-7]+)$/i.exec(digits);
		const value = octal === null ? Number(digits) : Number.parseInt(octal[2] ?? '0', 8) * (octal[1] === '-' ? -1 : 1);
		// Beyond what a number holds the digits are kept: an id must not change.
		return Number.isSafeInteger(value) ? value : text;
	}
	if (floatText.test(text)) return Number(text.replaceAll('_', ''));
	return text;
};

type Known = {readonly value: Value; readonly size: number};

type Reading = {
	readonly source: Source;
	readonly text: string;
	readonly anchors: Map<string, Known | 'open'>;
};

const originOf = ({source}: Reading, node: {readonly range?: readonly [number, number, number] | null}): Origin => ({source, offset: node.range?.[0] ?? 0});

const tagOf = (node: Node, at: Origin): {readonly tag?: MergeTag} => {
	const tag = 'tag' in node ? node.tag : undefined;
	if (tag === '!reset') return {tag: 'reset'};
	if (tag === '!override') return {tag: 'override'};
	if (typeof tag === 'string' && tag.startsWith('!')) throw fault(at, '', `has the unknown tag ${tag}`);
	return {};
};

const scalarOf = (node: YamlScalar, reading: Reading): Value => {
	const at = originOf(reading, node);
	const source = typeof node.source === 'string' ? node.source : '';
	const isPlain = node.type === 'PLAIN' || node.type === undefined;
	const isString = node.tag === 'tag:yaml.org,2002:str' && !isPlain;
	return {...scalar(isPlain && !isString ? plainValue(source) : String(node.value ?? ''), at), ...tagOf(node, at)};
};

const referred = (node: Alias, reading: Reading): Known => {
	const at = originOf(reading, node);
	const known = reading.anchors.get(node.source);
	if (known === undefined) throw fault(at, '', `there is no anchor ${node.source} before this`);
	if (known === 'open') throw fault(at, '', `the anchor ${node.source} contains itself`);
	return known;
};

const mergedIn = (entries: Map<string, Entry>, value: Value): void => {
	if (value.kind === 'list') for (const one of value.items) mergedIn(entries, one);
	else if (value.kind === 'map') {
		for (const [key, entry] of value.entries) if (!entries.has(key)) entries.set(key, entry);
	} else throw fault(value.at, '<<', 'needs a mapping, or a list of them');
};

const mapOf = (node: YAMLMap, reading: Reading, depth: number): Known => {
	const at = originOf(reading, node);
	const own = new Map<string, Entry>();
	const merged: Value[] = [];
	let size = 1;
	for (const pair of node.items) {
		if (!isScalar(pair.key)) throw fault(at, '', 'keys must be words');
		const key = String(pair.key.source ?? pair.key.value);
		const keyAt = originOf(reading, pair.key);
		const read = pair.value === null || pair.value === undefined ? {value: scalar(undefined, keyAt), size: 1} : valueOf(pair.value as Node, reading, depth + 1);
		size = bounded(size + read.size, keyAt);
		if (key === '<<' && pair.key.type === 'PLAIN') {
			merged.push(read.value);
			continue;
		}
		own.set(key, {keyAt, value: read.value});
	}
	for (const value of merged) mergedIn(own, value);
	const value: Mapping = {kind: 'map', at, entries: own, ...tagOf(node, at)};
	return {value, size};
};

const bounded = (size: number, at: Origin): number => {
	if (size > mostValues) throw fault(at, '', `the anchors used here stand for more than ${mostValues} values`);
	return size;
};

const readNode = (node: Node, reading: Reading, depth: number): Known => {
	if (depth > deepest) throw fault(originOf(reading, node), '', `is nested more than ${deepest} deep`);
	if (isScalar(node)) return {value: scalarOf(node, reading), size: 1};
	if (isMap(node)) return mapOf(node, reading, depth);
	const at = originOf(reading, node);
	if (!isSeq(node)) throw fault(at, '', 'is nothing that a compose file may hold');
	let size = 1;
	const items = node.items.map(item => {
		const read = valueOf(item as Node, reading, depth + 1);
		size = bounded(size + read.size, at);
		return read.value;
	});
	return {value: {kind: 'list', at, items, ...tagOf(node, at)}, size};
};

/** Anchors are shared, not copied: a file that refers to one a million times costs as much as one that does so once. */
const valueOf = (node: Node, reading: Reading, depth: number): Known => {
	if (isAlias(node)) return referred(node, reading);
	const anchor = 'anchor' in node ? node.anchor : undefined;
	if (anchor === undefined) return readNode(node, reading, depth);
	reading.anchors.set(anchor, 'open');
	const known = readNode(node, reading, depth);
	reading.anchors.set(anchor, known);
	return known;
};

/** The documents of a file; of an empty one none. What is no YAML is told with its place. */
export const parseYaml = (text: string, file: string): readonly Mapping[] => {
	const source: Source = {file, lineStarts: lineStartsOf(text)};
	const documents = parseAllDocuments(text, {version: '1.2', schema: 'failsafe', logLevel: 'silent', prettyErrors: false, uniqueKeys: true});
	if (!Array.isArray(documents)) return [];
	return documents.flatMap(document => {
		const [problem] = document.errors;
		if (problem !== undefined) throw fault({source, offset: problem.pos[0]}, '', `is not YAML: ${problem.message.split('\n')[0] ?? ''}`);
		if (document.contents === null) return [];
		const {value} = valueOf(document.contents, {source, text, anchors: new Map()}, 0);
		if (value.kind === 'scalar' && value.value === undefined) return [];
		if (value.kind !== 'map') throw fault(value.at, '', 'the file must be a mapping');
		return [value];
	});
};
