import {describe, expect, test} from 'vitest';
import {coloured, plain, stripSgr} from '../../source/model/sanitize.ts';

const esc = '\u001b';

describe('plain', () => {
	test.each([
		['ascii stays', 'web-1 (up)', 'web-1 (up)'],
		['other scripts stay', 'größe 日本 😀 é', 'größe 日本 😀 é'],
		['colours go', `${esc}[31mred${esc}[0m`, 'red'],
		['cursor movement goes', `a${esc}[2J${esc}[1;1Hb`, 'ab'],
		['private modes go', `${esc}[?1049hx${esc}[>0q`, 'x'],
		['window titles go', `a${esc}]0;owned\u0007b`, 'ab'],
		['hyperlinks go', `${esc}]8;;http://x${esc}\\link${esc}]8;;${esc}\\`, 'link'],
		['clipboard writes go', `${esc}]52;c;ZWNobyBoaQ==\u0007ok`, 'ok'],
		['device strings go', `a${esc}P+q544e${esc}\\b${esc}_apc${esc}\\c${esc}^pm${esc}\\d${esc}Xsos${esc}\\e`, 'abcde'],
		['8-bit forms go', 'a\u009b31mb\u009d0;t\u009cc\u0090q\u009cd\u0085e', 'abcde'],
		['reset and charset go', `a${esc}cb${esc}(0c${esc}#8d`, 'abcd'],
		['an unclosed string hides nothing', `a${esc}]0;rest of the line`, 'a0;rest of the line'],
		['a cut sequence goes', `a${esc}[31`, 'a'],
		['escapes around escapes make none', `${esc}${esc}[31m[0m${esc}`, '[0m'],
		['controls go', 'a\u0000b\u0007c\bd\u007fe', 'abcde'],
		['line breaks and tabs are a space', 'a\nb\r\nc\td\u2028e', 'a b c d e'],
		['bidi overrides go', 'a\u202egnp.exe\u202c\u2066x\u2069\u200f', 'agnp.exex'],
		['zero-width characters go', 'p\u200ba\u200dy\u2060p\ufeffal\u00ad', 'paypal'],
		['tags go', 'a\u{e0041}\u{e007f}b', 'ab'],
		['piled marks are cut', `e${'\u0301'.repeat(40)}x`, `e${'\u0301'.repeat(4)}x`],
		['lone surrogates are replaced', 'a\ud800b', 'a\ufffdb'],
		['joined emoji stand beside each other', '👩\u200d💻', '👩💻'],
	])('%s', (_, text, shown) => {
		expect(plain(text)).toBe(shown);
		expect(plain(plain(text))).toBe(shown);
	});
});

describe('coloured', () => {
	test.each([
		['ascii stays', 'GET / 200', 'GET / 200'],
		['colours stay', `${esc}[1;31mred${esc}[0m`, `${esc}[1;31mred${esc}[0m`],
		['an empty reset counts', `${esc}[32mok${esc}[m`, `${esc}[32mok${esc}[m`],
		['open colours are closed', `${esc}[32mok`, `${esc}[32mok${esc}[0m`],
		['256 and true colours stay', `${esc}[38;5;8mx${esc}[48:2::1:2:3my${esc}[0m`, `${esc}[38;5;8mx${esc}[48:2::1:2:3my${esc}[0m`],
		['concealed text is shown', `${esc}[8mx${esc}[1;08my`, `x${esc}[1my${esc}[0m`],
		['everything else goes', `${esc}[2K${esc}[1Ga${esc}]0;t\u0007${esc}[31mb${esc}[0m`, `a${esc}[31mb${esc}[0m`],
		['private SGR-like goes', `${esc}[>4;1ma${esc}[?1mb`, 'ab'],
		['an endless parameter list goes', `${esc}[${'1;'.repeat(60)}mx`, 'x'],
		['8-bit CSI goes', '\u009b31mx', 'x'],
		['progress shows its end', '10%\r50%\r100%', '100%'],
		['a closing \\r is no progress', 'done\r', 'done'],
		['progress keeps its colour', `${esc}[33m10%\r90%`, `${esc}[33m90%${esc}[0m`],
		['progress closed by a reset', `10%\r${esc}[32m100%\r${esc}[0m`, `${esc}[32m100%${esc}[0m`],
		['tabs reach their stops', 'a\tb\t\tc', 'a       b               c'],
		['tab stops do not count colours', `${esc}[1mab${esc}[0m\tc`, `${esc}[1mab${esc}[0m      c`],
		['bidi goes inside colours', `${esc}[1m\u202eab${esc}[0m`, `${esc}[1mab${esc}[0m`],
		['newlines inside are a space', 'a\nb', 'a b'],
	])('%s', (_, text, shown) => {
		expect(coloured(text)).toBe(shown);
		expect(coloured(coloured(text))).toBe(shown);
	});

	test('a hostile quarter megabyte takes linear time', () => {
		for (const piece of ['\u009d', `${esc}]`, `${esc}[`, `${esc}[1`, '\u0301', '\r', `${esc}[1m\r`, '\u202e']) {
			const startedAt = performance.now();
			coloured(piece.repeat(250_000 / piece.length));
			expect(performance.now() - startedAt).toBeLessThan(500);
		}
	});
});

test('stripSgr leaves the text', () => {
	expect(stripSgr(`${esc}[1;31mred${esc}[0m and ${esc}[4mmore${esc}[m`)).toBe('red and more');
});
