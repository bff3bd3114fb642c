import {randomUUID} from 'node:crypto';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {plain} from '../../../model/sanitize.ts';
import type {ReadableLogSource} from '../../../model/log-source.ts';
import type {WholeOptions} from '../types.ts';
import {plainText, type ViewLine} from './line.ts';
import {toLines} from './to-lines.ts';
import type {LogViewOptions} from './types.ts';

export type ExportSource = {readonly index: number; readonly label: string; readonly source: ReadableLogSource};

type Options = {
	readonly sources: readonly ExportSource[];
	readonly service: Pick<LogViewOptions['service'], 'whole'>;
	readonly timestamps: boolean;
	readonly whole: WholeOptions;
};

const linesOf = async function* ({index, source}: ExportSource, service: Options['service'], options: WholeOptions): AsyncGenerator<readonly ViewLine[]> {
	let order = 0;
	// The last line of a batch may go on in the next one.
	let held: ViewLine | undefined;
	for await (const records of service.whole(source, options)) {
		const lines = toLines(index, [...(held?.isPartial === true ? [{...held.record, text: held.text, partial: true as const}] : []), ...records], order);
		order = lines.at(-1)?.order ?? order;
		held = lines.at(-1)?.isPartial === true ? lines.pop() : undefined;
		yield lines;
	}
	if (held !== undefined) yield [held];
};

/** Lines of one source with a finger on the next, so that the smallest of several can be taken. */
const createCursor = (batches: AsyncGenerator<readonly ViewLine[]>) => {
	let lines: readonly ViewLine[] = [];
	let next = 0;
	return {
		peek: (): ViewLine | undefined => lines[next],
		take: (): void => {
			next++;
		},
		/** True while there is a line to peek at. */
		async fill(): Promise<boolean> {
			while (next >= lines.length) {
				const {value, done} = await batches.next();
				if (done === true) return false;
				lines = value;
				next = 0;
			}
			return true;
		},
	};
};

const pieceLines = 2000;

/** Everything that is kept, as plain text without colours; merged sources by time, each line with its label. */
export async function* exportText({sources, service, timestamps, whole}: Options): AsyncGenerator<string> {
	const labels = new Map(sources.map(({index, label}) => [index, `${plain(label)} | `]));
	const cursors = sources.map(source => createCursor(linesOf(source, service, whole)));
	let open = cursors;
	let piece: string[] = [];
	for (;;) {
		const filled = await Promise.all(open.map(async cursor => ((await cursor.fill()) ? [cursor] : [])));
		open = filled.flat();
		if (open.length === 0) break;
		// Until one runs dry, the smallest is known without asking anybody.
		for (let isDry = false; !isDry; ) {
			const least = open.reduce((best, cursor) => ((cursor.peek()?.order ?? 0) < (best.peek()?.order ?? 0) ? cursor : best));
			const line = least.peek() as ViewLine;
			least.take();
			const time = timestamps && line.record.at !== undefined ? `${new Date(line.record.at).toISOString()} ` : '';
			piece.push(`${sources.length > 1 ? (labels.get(line.source) ?? '') : ''}${time}${plainText(line)}\n`);
			isDry = least.peek() === undefined;
			if (piece.length >= pieceLines) {
				yield piece.join('');
				piece = [];
			}
		}
	}
	if (piece.length > 0) yield piece.join('');
}

/** A name nobody can guess: a predictable one in a shared directory could be somebody else's link. */
export const temporaryPath = (): string => join(tmpdir(), `gantry-log-${randomUUID()}.txt`);
