/**
Which SGR attributes are open at a point of a string, so that a cut can close exactly those.

A blanket `ESC[0m` would also end the style of whatever the string is embedded in (a selected row, a title), so every slot is closed
with its own code. Source of the codes: ECMA-48 §8.3.117 and xterm's additions (90–107, 38/48/58 with sub-parameters).
*/
export type OpenSgr = ReadonlyMap<Slot, string>;

type Slot = 'foreground' | 'background' | 'underlineColour' | 'weight' | 'italic' | 'underline' | 'blink' | 'inverse' | 'hidden' | 'strike' | 'overline';

/** Matches one sequence. Sticky: set `lastIndex` first. */
export const sgrAt = /\u001B\[([\d;:]*)m/y;
const anySgr = /\u001B\[[\d;:]*m/g;

const closers: Readonly<Record<Slot, number>> = {
	foreground: 39,
	background: 49,
	underlineColour: 59,
	weight: 22,
	italic: 23,
	underline: 24,
	blink: 25,
	inverse: 27,
	hidden: 28,
	strike: 29,
	overline: 55,
};

const slotsByCloser = new Map(Object.entries(closers).map(([slot, code]) => [code, slot as Slot]));

const openedBy = (code: number): Slot | undefined => {
	if ((code >= 30 && code <= 38) || (code >= 90 && code <= 97)) return 'foreground';
	if ((code >= 40 && code <= 48) || (code >= 100 && code <= 107)) return 'background';
	switch (code) {
		case 1:
		case 2:
			return 'weight';
		case 3:
			return 'italic';
		case 4:
		case 21:
			return 'underline';
		case 5:
		case 6:
			return 'blink';
		case 7:
			return 'inverse';
		case 8:
			return 'hidden';
		case 9:
			return 'strike';
		case 53:
			return 'overline';
		case 58:
			return 'underlineColour';
		default:
			return undefined;
	}
};

/** How many of the following parameters belong to an extended colour: `5;n` or `2;r;g;b`. */
const colourArguments = (mode: string | undefined): number => (mode === '5' ? 2 : mode === '2' ? 4 : 0);

const apply = (open: Map<Slot, string>, parameters: string): void => {
	const parts = parameters.split(';');
	for (let index = 0; index < parts.length; index++) {
		const part = parts[index] ?? '';
		const code = part === '' ? 0 : Number.parseInt(part, 10);
		if (code === 0) {
			open.clear();
			continue;
		}
		if (part === '4:0') {
			open.delete('underline');
			continue;
		}
		const closed = slotsByCloser.get(code);
		if (closed !== undefined) {
			open.delete(closed);
			continue;
		}
		const slot = openedBy(code);
		if (slot === undefined) continue;
		const extended = (code === 38 || code === 48 || code === 58) && !part.includes(':');
		const count = extended ? colourArguments(parts[index + 1]) : 0;
		const own = [part, ...parts.slice(index + 1, index + 1 + count)].join(';');
		open.set(slot, slot === 'weight' && open.has('weight') && open.get('weight') !== own ? '1;2' : own);
		index += count;
	}
};

/** What is open at the end of `text`. */
export const openSgr = (text: string): OpenSgr => {
	const open = new Map<Slot, string>();
	if (!text.includes('\u001B')) return open;
	for (const match of text.matchAll(anySgr)) apply(open, match[0].slice(2, -1));
	return open;
};

export const closeSgr = (open: OpenSgr): string => (open.size === 0 ? '' : `\u001B[${[...open.keys()].map(slot => closers[slot]).join(';')}m`);

export const reopenSgr = (open: OpenSgr): string => (open.size === 0 ? '' : `\u001B[${[...open.values()].join(';')}m`);
