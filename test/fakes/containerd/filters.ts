import {status} from '@grpc/grpc-js';
import {refusal} from './serve.ts';

/** The value at a field path, or undefined when there is none. */
export type Lookup = (path: readonly string[]) => string | undefined;

type Test = {readonly path: readonly string[]; readonly operator: '' | '==' | '!=' | '~='; readonly value: string};

const quoted = /^(?:"((?:[^"\\]|\\.)*)"|\/((?:[^/\\]|\\.)*)\/|\|((?:[^|\\]|\\.)*)\|)/;

const parse = (filter: string): readonly Test[] => {
	const tests: Test[] = [];
	let rest = filter;
	const take = (pattern: RegExp): string | undefined => {
		const found = pattern.exec(rest);
		if (found === null) return undefined;
		rest = rest.slice(found[0].length);
		return found[1] ?? found[2] ?? found[3] ?? found[0];
	};

	while (rest !== '') {
		const path: string[] = [];
		do path.push(take(quoted) ?? take(/^[\w/-]+/) ?? '');
		while (take(/^\./) !== undefined);
		const operator = (take(/^(?:==|!=|~=)/) ?? '') as Test['operator'];
		const value = operator === '' ? '' : (take(quoted) ?? take(/^[^,]*/) ?? '');
		tests.push({path, operator, value});
		if (rest !== '' && take(/^,/) === undefined) throw refusal(status.INVALID_ARGUMENT, `filters: parse error: [${filter} >|${rest}|<]: invalid argument`);
	}

	return tests;
};

const passes = ({path, operator, value}: Test, lookup: Lookup): boolean => {
	const found = lookup(path);
	if (operator === '==') return found === value;
	if (operator === '!=') return found !== value;
	if (operator === '~=') return found !== undefined && new RegExp(value).test(found);
	return found !== undefined;
};

/** containerd's filters: any of the list, each of them all of its comma-separated tests. */
export const matcher = (filters: readonly string[]): ((lookup: Lookup) => boolean) => {
	const parsed = filters.map(filter => parse(filter));
	return lookup => parsed.length === 0 || parsed.some(tests => tests.every(test => passes(test, lookup)));
};

/** Looks fields up by their lower-case wire names, and labels by their key. */
export const fieldsOf = (fields: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>> = {}): Lookup => ([first = '', ...more]) =>
	first === 'labels' ? (more.length === 0 ? undefined : labels[more.join('.')]) : fields[[first, ...more].join('.')];
