/** Our own symbols to what every terminal has, one cell each. Names and logs keep their letters: those are not ours. */
const symbols: Readonly<Record<string, string>> = {
	...{'●': '*', '○': 'o', '◐': '!', '‖': '=', '·': '-', '↻': '~', '▾': 'v', '▸': '>', '▼': 'v', '★': '*', '⚿': '#'},
	...{'✓': '+', '✗': '!', '↑': '^', '↓': 'v', '←': '<', '→': '>', '›': '>', '»': '>', '×': 'x', '≥': '>', '≤': '<'},
	...{'—': '-', '–': '-', '…': '~', '‘': "'", '’': "'", '“': '"', '”': '"', '\u00A0': ' '},
	...{'─': '-', '━': '-', '│': '|', '├': '|', '┤': '|', '└': '`', '┘': '+', '┌': '+', '┐': '+', '┬': '+', '┴': '+', '┼': '+'},
	...{'╭': '+', '╮': '+', '╰': '+', '╯': '+'},
};

const ours = new RegExp(`[${Object.keys(symbols).join('')}]`, 'g');

/** For terminals without the glyphs, and locales without the encoding. */
export const asAscii = (text: string): string => text.replaceAll(ours, (symbol) => symbols[symbol] ?? symbol);
