import type {Writable} from 'node:stream';
import {Failure} from '../../errors.ts';
import {plain} from '../../model/sanitize.ts';
import {compileHeader, compileTemplate, type Template} from '../../model/template.ts';
import {listTabs, type TabOptions, tableTabs, tabulate} from './tabs.ts';

type Screen = {readonly stdout: Writable; readonly terminal: {readonly isTTY: boolean}};

/**
Waits while the reader is slower: a pipe into `less` must not make us hold a million rows. A reader that has gone is no failure of the
write: whoever watches the stream ends the verb.
*/
export const write = async (stream: Writable, text: string | Uint8Array): Promise<void> => {
	if (text.length === 0 || stream.destroyed || stream.write(text)) return;
	await new Promise<void>(resolve => {
		const settle = () => {
			for (const event of ['drain', 'close', 'error']) stream.off(event, settle);
			resolve();
		};
		for (const event of ['drain', 'close', 'error']) stream.on(event, settle);
	});
};

/** Text whose lines are ours and whose words may be hostile. What goes into a pipe is left as it is: scripts compare it. */
export const clean = (text: string, {terminal}: Pick<Screen, 'terminal'>): string =>
	terminal.isTTY
		? text
				.split('\n')
				.map(line => line.split('\t').map(plain).join('\t'))
				.join('\n')
		: text;

export const print = (screen: Screen, text: string): Promise<void> => write(screen.stdout, clean(text, screen));

/** A cell has one line, on a terminal and off it: a line break in a label would shift all that follows. */
const cell = (text: string, isTTY: boolean): string => (isTTY ? plain(text) : text.replaceAll(/[\t\n\r\v\f]/g, ' '));

export const printTable = (screen: Screen, rows: ReadonlyArray<readonly string[]>, tabs: TabOptions = listTabs): Promise<void> =>
	write(
		screen.stdout,
		tabulate(
			rows.map(row => row.map(text => cell(text, screen.terminal.isTTY))),
			tabs,
		),
	);

export type Format =
	| {readonly kind: 'table'}
	| {readonly kind: 'wide'}
	| {readonly kind: 'template'; readonly template: Template}
	/** docker's `table {{.A}}\t{{.B}}`: rows under a header made from the fields' names. */
	| {readonly kind: 'columns'; readonly header: Template; readonly template: Template};

/** `\t` and `\n` as a shell passes them in single quotes, outside of actions: inside, a quoted text has escapes of its own. */
const unescape = (format: string): string =>
	format
		.split(/(\{\{[\s\S]*?\}\})/)
		.map((part, at) => (at % 2 === 1 ? part : part.replaceAll('\\t', '\t').replaceAll('\\n', '\n')))
		.join('');

export type FormatOptions = {
	/** Words that nerdctl refuses for this verb. */
	readonly refused?: readonly string[];
	readonly wide?: boolean;
};

/** What `--format` asks for. Throws before anything was asked of the daemon when it can't be read. */
export const parseFormat = (text: string, {refused = ['raw'], wide = false}: FormatOptions = {}): Format => {
	if (refused.includes(text)) throw new Failure('invalid', `unsupported format: ${JSON.stringify(text)}`);
	if (text === '' || text === 'table') return {kind: 'table'};
	if (text === 'wide' && wide) return {kind: 'wide'};
	if (/^table\s/.test(text)) {
		const format = unescape(text.slice(6).trim());
		return {kind: 'columns', header: compileHeader(format), template: compileTemplate(format)};
	}
	return {kind: 'template', template: compileTemplate(unescape(text))};
};

export const refuseQuiet = (format: Format, quiet: boolean): void => {
	if (quiet && (format.kind === 'template' || format.kind === 'columns'))
		throw new Failure('invalid', 'format and quiet must not be specified together');
};

/** `CreatedAt` → `CREATED AT`: docker's header for a field without a name of its own. */
const spaced = (field: string): string => field.replace(/([a-z\d])([A-Z])/g, '$1 $2').toUpperCase();

const headerOf = (item: object, names: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> => {
	const fields = Object.fromEntries(Object.getOwnPropertyNames(item).map(field => [field, names[field] ?? spaced(field)]));
	return {...fields, Label: (label: unknown) => String(label).split('.').at(-1)};
};

/** Items by a format that is not a built-in table; `headers` names columns whose title is not the field's. `sample` gives the fields when there are no items. */
export const printItems = async (
	screen: Screen,
	format: Format & {readonly kind: 'template' | 'columns'},
	items: readonly object[],
	headers: Readonly<Record<string, string>> = {},
	sample?: object,
): Promise<void> => {
	const lines = items.map(format.template);
	if (format.kind === 'template') {
		await print(screen, lines.map(line => `${line}\n`).join(''));
		return;
	}
	const header = format.header(headerOf(items[0] ?? sample ?? {}, headers));
	await printTable(
		screen,
		[header, ...lines].map(line => line.split('\t')),
		tableTabs,
	);
};
