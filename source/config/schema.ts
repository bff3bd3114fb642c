import type {Document, LineCounter, Node, YAMLMap} from 'yaml';

/** What a place in the file may hold. */
export type Rule =
	| {readonly kind: 'choice'; readonly allowed: ReadonlyArray<string | boolean>}
	| {readonly kind: 'number'; readonly from: number; readonly to: number; readonly unit: string}
	| {readonly kind: 'map'; readonly entries: Readonly<Record<string, Rule>>}
	/** Any name → a string or a list of strings. */
	| {readonly kind: 'lists'; readonly of: string};

export type Source = {readonly path: string; readonly document: Document; readonly lines: LineCounter; readonly isMap: (node: unknown) => node is YAMLMap};

const either = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);

const allows = (rule: Rule): string => {
	switch (rule.kind) {
		case 'choice':
			return either(rule.allowed.map(String));
		case 'number':
			return `a number of ${rule.unit} from ${rule.from} to ${rule.to}`;
		case 'map':
			return `a map with ${either(Object.keys(rule.entries))}`;
		case 'lists':
			return `a map from names to ${rule.of}`;
	}
};

/** Longer values than this would push the sentence off the screen. */
const shown = (value: unknown): string => {
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

/**
Take from the file what the rule allows and say a sentence about each thing that it doesn't: path, line, what is there, what may be there.
One bad entry never takes the good ones with it.
*/
export const checked = (rule: Rule, node: Node | null | undefined, name: string, source: Source, problems: string[]): unknown => {
	const value: unknown = node === null || node === undefined ? undefined : (node.toJS(source.document) ?? undefined);
	// `theme:` with nothing behind it says nothing.
	if (value === undefined) return undefined;
	const complain = (at: unknown, sentence: string): undefined => {
		const range = (at as {readonly range?: readonly number[] | null} | undefined)?.range;
		const line = range?.[0] === undefined ? '' : `:${source.lines.linePos(range[0]).line}`;
		problems.push(`${source.path}${line}: ${sentence}`);
		return undefined;
	};
	const refuse = (): undefined => complain(node, `${name === '' ? 'the file' : name} is ${shown(value)}; allowed is ${allows(rule)}`);

	if (rule.kind === 'choice') return rule.allowed.includes(value as string) ? value : refuse();
	if (rule.kind === 'number') return typeof value === 'number' && value >= rule.from && value <= rule.to ? value : refuse();
	if (!source.isMap(node)) return refuse();

	const result: Record<string, unknown> = {};
	for (const {key, value: child} of node.items) {
		const entry = String((key as Node).toJS(source.document));
		const childName = name === '' ? entry : `${name}.${entry}`;
		if (rule.kind === 'lists') {
			const items = (child as Node | null)?.toJS(source.document) ?? [];
			const list: unknown = typeof items === 'string' || typeof items === 'number' ? [String(items)] : items;
			if (Array.isArray(list) && list.every(item => typeof item === 'string' || typeof item === 'number')) result[entry] = list.map(String);
			else complain(child ?? key, `${childName} is ${shown(items)}; allowed is ${rule.of}`);
		} else if (Object.hasOwn(rule.entries, entry)) {
			const taken = checked(rule.entries[entry] as Rule, child as Node | null, childName, source, problems);
			if (taken !== undefined) result[entry] = taken;
		} else complain(key, `${childName} is not a key; allowed is ${either(Object.keys(rule.entries))}`);
	}
	return result;
};
