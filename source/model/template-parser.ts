import {cut, formatFailure, type Piece, type Token} from './template-lexer.ts';

export type Operand = {readonly at: number; readonly path: readonly string[]} & (
	| {readonly kind: 'dot'}
	| {readonly kind: 'variable'; readonly name: string}
	| {readonly kind: 'function'; readonly name: string}
	| {readonly kind: 'constant'; readonly value: string | number | boolean | undefined}
	| {readonly kind: 'pipe'; readonly pipe: Pipe}
);

/** The first operand is what is called, when it can be called; the rest are its arguments. */
export type Command = readonly Operand[];

export type Pipe = {
	readonly commands: readonly Command[];
	readonly variables: readonly string[];
	readonly declares: boolean;
	readonly at: number;
};

export type Node =
	| {readonly kind: 'text'; readonly text: string}
	| {readonly kind: 'print'; readonly pipe: Pipe}
	| {readonly kind: 'if' | 'with' | 'range'; readonly pipe: Pipe; readonly body: readonly Node[]; readonly otherwise: readonly Node[]}
	| {readonly kind: 'break' | 'continue'};

const escapes: Readonly<Record<string, string>> = {n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v'};

const unquote = (text: string): string =>
	text.startsWith('`')
		? text.slice(1, -1)
		: text
				.slice(1, -1)
				.replace(
					/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs,
					(_, byte?: string, short?: string, long?: string, letter?: string) => {
						const code = byte ?? short ?? long;
						return code === undefined ? (escapes[letter ?? ''] ?? letter ?? '') : String.fromCodePoint(Number.parseInt(code, 16));
					},
				);

const constantOf = (token: Token): string | number =>
	token.kind === 'number'
		? Number(token.text.replaceAll('_', ''))
		: token.text.startsWith("'")
			? (unquote(token.text).codePointAt(0) ?? 0)
			: unquote(token.text);

const words: Readonly<Record<string, boolean | undefined>> = {true: true, false: false, nil: undefined};

/** A recursive descent over the pieces; functions are looked up here, so that an unknown name is found before anything is printed. */
export const parseTemplate = (format: string, isFunction: (name: string) => boolean): readonly Node[] => {
	const pieces = cut(format);
	let piece = 0;
	const fail = (at: number, problem: string) => formatFailure(format, at, problem);

	const parsePipe = (tokens: readonly Token[], start: number, at: number): Pipe => {
		let next = start;
		const peek = () => tokens[next];

		const pathAfter = (): readonly string[] => {
			const path: string[] = [];
			for (let token = peek(); token?.kind === 'field' && !token.spaced; token = peek()) {
				path.push(token.text.slice(1));
				next++;
			}
			return path;
		};

		const operand = (): Operand => {
			const token = tokens[next++] as Token;
			switch (token.kind) {
				case 'dot':
					return {kind: 'dot', at: token.at, path: []};
				case 'field':
					return {kind: 'dot', at: token.at, path: [token.text.slice(1), ...pathAfter()]};
				case 'variable':
					return {kind: 'variable', name: token.text, at: token.at, path: pathAfter()};
				case 'string':
				case 'number':
					return {kind: 'constant', value: constantOf(token), at: token.at, path: []};
				case 'word':
					if (Object.hasOwn(words, token.text)) return {kind: 'constant', value: words[token.text], at: token.at, path: []};
					if (!isFunction(token.text)) throw fail(token.at, `function ${JSON.stringify(token.text)} is not defined`);
					return {kind: 'function', name: token.text, at: token.at, path: []};
				case 'open': {
					const inner = commandsUntilClose(token.at);
					return {kind: 'pipe', pipe: inner, at: token.at, path: pathAfter()};
				}
				default:
					throw fail(token.at, `${JSON.stringify(token.text)} is not expected here`);
			}
		};

		const commands = (nested: boolean, from: number): readonly Command[] => {
			const made: Command[] = [];
			for (;;) {
				const command: Operand[] = [];
				for (let token = peek(); token !== undefined && token.kind !== 'pipe' && token.kind !== 'close'; token = peek())
					command.push(operand());
				if (command.length === 0) throw fail(peek()?.at ?? from, 'a value is missing');
				const [first] = command;
				if (made.length > 0 && first?.kind === 'constant') throw fail(first.at, 'a pipe must lead into a function');
				made.push(command);
				const token = peek();
				if (token === undefined) {
					if (nested) throw fail(from, 'a parenthesis is not closed');
					return made;
				}
				if (token.kind === 'close') {
					if (!nested) throw fail(token.at, 'there is a ) too many');
					return made;
				}
				next++;
			}
		};

		const commandsUntilClose = (from: number): Pipe => {
			const inner = commands(true, from);
			next++;
			return {commands: inner, variables: [], declares: false, at: from};
		};

		const variables: string[] = [];
		let declares = false;
		const [first, second, third, fourth] = tokens.slice(next);
		const isSet = (token: Token | undefined) => token?.kind === 'declare' || token?.kind === 'assign';
		if (first?.kind === 'variable' && isSet(second)) {
			variables.push(first.text);
			declares = second?.kind === 'declare';
			next += 2;
		} else if (first?.kind === 'variable' && second?.kind === 'comma' && third?.kind === 'variable' && isSet(fourth)) {
			variables.push(first.text, third.text);
			declares = fourth?.kind === 'declare';
			next += 4;
		}
		return {commands: commands(false, at), variables, declares, at};
	};

	const parseList = (
		ends: readonly string[],
		openedAt: number | undefined,
	): {readonly nodes: readonly Node[]; readonly end: Piece | undefined} => {
		const nodes: Node[] = [];
		for (;;) {
			const current = pieces[piece++];
			if (current === undefined) {
				if (openedAt !== undefined) throw fail(openedAt, 'an {{end}} is missing for this');
				return {nodes, end: undefined};
			}
			if (current.kind === 'text') {
				nodes.push(current);
				continue;
			}
			const word = current.tokens[0]?.kind === 'word' ? current.tokens[0].text : '';
			if (ends.includes(word)) return {nodes, end: current};
			nodes.push(parseAction(current, word));
		}
	};

	const parseBranch = (kind: 'if' | 'with' | 'range', tokens: readonly Token[], start: number, at: number): Node => {
		const pipe = parsePipe(tokens, start, at);
		const {nodes: body, end} = parseList(['else', 'end'], at);
		if (end?.kind !== 'action' || end.tokens[0]?.text === 'end') return {kind, pipe, body, otherwise: []};
		const [, chained] = end.tokens;
		if (chained !== undefined) {
			if (chained.text !== 'if' && chained.text !== 'with') throw fail(chained.at, 'only if or with may follow else');
			return {kind, pipe, body, otherwise: [parseBranch(chained.text, end.tokens, 2, end.at)]};
		}
		return {kind, pipe, body, otherwise: parseList(['end'], at).nodes};
	};

	const parseAction = ({tokens, at}: Piece & {readonly kind: 'action'}, word: string): Node => {
		switch (word) {
			case 'if':
			case 'with':
			case 'range':
				return parseBranch(word, tokens, 1, at);
			case 'break':
			case 'continue':
				return {kind: word};
			case 'end':
			case 'else':
				throw fail(at, `{{${word}}} has nothing to belong to`);
			case 'define':
			case 'template':
			case 'block':
				throw fail(at, `{{${word}}} is not supported: a format is a single template`);
			default:
				return {kind: 'print', pipe: parsePipe(tokens, 0, at)};
		}
	};

	return parseList([], undefined).nodes;
};
