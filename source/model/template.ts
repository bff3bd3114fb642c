import {type Failure, messageOf} from '../errors.ts';
import {headerFunctions, type TemplateFunction, templateFunctions} from './template-functions.ts';
import {formatFailure} from './template-lexer.ts';
import {type Command, type Node, type Operand, parseTemplate, type Pipe} from './template-parser.ts';
import {structType} from './template-struct.ts';
import {goPrint, isTruthy} from './template-values.ts';

/** A compiled `--format`: text in the shape of Go's `text/template`, as nerdctl and docker users write it. */
export type Template = (data: unknown) => string;

type Scope = {readonly name: string; value: unknown};
type Flow = 'break' | 'continue' | undefined;

const controls = new Set(['and', 'or']);

/** A key that a map lacks is undefined, which prints as `<no value>`. */
const lookUp = (value: unknown, name: string): unknown => {
	if (value === undefined || value === null) throw new TypeError(`nil pointer evaluating .${name}`);
	if (typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)) {
		if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
		const type = structType(value);
		if (type !== undefined) throw new TypeError(`can't evaluate field ${name} in type ${type}`);
		return undefined;
	}
	throw new TypeError(
		`can't evaluate field ${name} in type ${Array.isArray(value) ? 'list' : value instanceof Date ? 'time' : typeof value}`,
	);
};

const entriesOf = (value: unknown): ReadonlyArray<readonly [unknown, unknown]> => {
	if (value === undefined || value === null) return [];
	if (Array.isArray(value)) return value.map((item, at) => [at, item]);
	if (typeof value === 'number') return Array.from({length: value}, (_, at) => [at, at]);
	if (typeof value === 'object') return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
	throw new TypeError(`range can't iterate over ${goPrint(value)}`);
};

const compileWith = (format: string, functions: Readonly<Record<string, TemplateFunction>>): Template => {
	const nodes = parseTemplate(format, name => controls.has(name) || Object.hasOwn(functions, name));

	return data => {
		const scopes: Scope[] = [{name: '$', value: data}];
		let output = '';

		const guard = <Result>(at: number, run: () => Result): Result => {
			try {
				return run();
			} catch (error) {
				// A failure from deeper inside already names its own place.
				throw error instanceof TypeError || error instanceof RangeError ? formatFailure(format, at, messageOf(error)) : (error as Failure);
			}
		};

		const follow = (value: unknown, path: readonly string[], at: number): unknown =>
			guard(at, () => path.reduce<unknown>((item, name) => lookUp(item, name), value));

		const scopeOf = (name: string, at: number): Scope => {
			const scope = scopes.findLast(candidate => candidate.name === name);
			if (scope === undefined) throw formatFailure(format, at, `variable ${name} is not defined`);
			return scope;
		};

		const valueOf = (operand: Operand, dot: unknown): unknown => {
			switch (operand.kind) {
				case 'dot':
					return follow(dot, operand.path, operand.at);
				case 'variable':
					return follow(scopeOf(operand.name, operand.at).value, operand.path, operand.at);
				case 'constant':
					return operand.value;
				case 'pipe':
					return follow(runPipe(operand.pipe, dot), operand.path, operand.at);
				case 'function':
					return call([operand], dot, []);
			}
		};

		const call = (command: Command, dot: unknown, piped: readonly unknown[]): unknown => {
			const [head, ...rest] = command as readonly [Operand, ...Operand[]];
			if (head.kind === 'function' && controls.has(head.name)) {
				const stopsAt = head.name === 'or';
				let last: unknown;
				for (const [at, operand] of rest.entries()) {
					last = valueOf(operand, dot);
					if (isTruthy(last) === stopsAt && (at < rest.length - 1 || piped.length > 0)) return last;
				}
				return piped.length > 0 ? piped[0] : last;
			}
			const callee = head.kind === 'function' ? functions[head.name] : valueOf(head, dot);
			const parameters = [...rest.map(operand => valueOf(operand, dot)), ...piped];
			if (typeof callee === 'function') return guard(head.at, () => (callee as TemplateFunction)(...parameters));
			if (parameters.length > 0) throw formatFailure(format, head.at, 'a value that is not a function was given an argument');
			return callee;
		};

		const runPipe = (pipe: Pipe, dot: unknown): unknown => {
			const value = pipe.commands.reduce<readonly unknown[]>((piped, command) => [call(command, dot, piped)], [])[0];
			const [name] = pipe.variables;
			if (name !== undefined) {
				if (pipe.declares) scopes.push({name, value});
				else scopeOf(name, pipe.at).value = value;
			}
			return value;
		};

		const within = (run: () => Flow): Flow => {
			const depth = scopes.length;
			try {
				return run();
			} finally {
				scopes.length = depth;
			}
		};

		const runRange = (node: Node & {readonly kind: 'if' | 'with' | 'range'}, dot: unknown): Flow => {
			const {pipe} = node;
			const entries = guard(pipe.at, () => entriesOf(runPipe({...pipe, variables: []}, dot)));
			if (entries.length === 0) return runList(node.otherwise, dot);
			for (const [key, item] of entries) {
				const flow = within(() => {
					const values = pipe.variables.length === 2 ? [key, item] : [item];
					for (const [at, name] of pipe.variables.entries()) scopes.push({name, value: values[at]});
					return runList(node.body, item);
				});
				if (flow === 'break') break;
			}
			return undefined;
		};

		const run = (node: Node, dot: unknown): Flow => {
			switch (node.kind) {
				case 'text':
					output += node.text;
					return undefined;
				case 'print': {
					const value = runPipe(node.pipe, dot);
					if (node.pipe.variables.length === 0) output += value === undefined ? '<no value>' : goPrint(value);
					return undefined;
				}
				case 'break':
				case 'continue':
					return node.kind;
				case 'range':
					return within(() => runRange(node, dot));
				case 'if':
				case 'with':
					return within(() => {
						const value = runPipe(node.pipe, dot);
						return isTruthy(value) ? runList(node.body, node.kind === 'with' ? value : dot) : runList(node.otherwise, dot);
					});
			}
		};

		const runList = (list: readonly Node[], dot: unknown): Flow => {
			for (const node of list) {
				const flow = run(node, dot);
				if (flow !== undefined) return flow;
			}
			return undefined;
		};

		runList(nodes, data);
		return output;
	};
};

/** Throws `invalid` with the place in the format when it is not a template. */
export const compileTemplate = (format: string): Template =>
	compileWith(format === 'json' ? '{{json .}}' : format, templateFunctions);

/** The same format for the header line of `table …`, where each field is its column's name. */
export const compileHeader = (format: string): Template => compileWith(format, headerFunctions);
