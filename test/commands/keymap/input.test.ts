import {describe, expect, test} from 'vitest';
import {createInputParser, type InputEvent} from '../../../source/commands/keymap/index.ts';

const spelled = (event: InputEvent): string => {
	switch (event.type) {
		case 'key':
			return event.name;
		case 'mouse':
			return `${event.shift ? 'shift ' : ''}${event.alt ? 'alt ' : ''}${event.ctrl ? 'ctrl ' : ''}${event.kind} ${event.button} ${event.x},${event.y}`;
		case 'paste':
			return `paste ${JSON.stringify(event.text)}${event.truncated ? ' …' : ''}`;
		case 'focus':
			return event.focused ? 'focus' : 'blur';
		case 'report':
			return `report ${JSON.stringify(event.sequence)}`;
	}
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string): readonly string[] => {
	const parser = createInputParser();
	return [...parser.feed(bytes(text)), ...parser.flush()].map(spelled);
};
const readByteByByte = (text: string): readonly string[] => {
	const parser = createInputParser();
	return [...[...bytes(text)].flatMap(byte => parser.feed(Uint8Array.of(byte))), ...parser.flush()].map(spelled);
};

const e = '\u001B';

const cases: ReadonlyArray<readonly [string, readonly string[]]> = [
	['j', ['j']],
	['J/é日😀', ['J', '/', 'é', '日', '😀']],
	[' ', ['space']],
	['\r', ['enter']],
	['\n', ['enter']],
	['\t', ['tab']],
	['\u007F\b', ['backspace', 'backspace']],
	['\u0000\u0003\u000B\u001A', ['ctrl-space', 'ctrl-c', 'ctrl-k', 'ctrl-z']],
	['\u001C\u001D\u001F', ['ctrl-\\', 'ctrl-]', 'ctrl-_']],
	[e, ['esc']],
	[e + e, ['esc', 'esc']],
	[`${e}x${e}X${e} ${e}\r`, ['alt-x', 'alt-X', 'alt-space', 'alt-enter']],
	[`${e}\u007F`, ['alt-backspace']],
	[`${e}\u0001`, ['ctrl-alt-a']],
	[`${e}日`, ['alt-日']],
	[`${e}[A${e}[B${e}[C${e}[D${e}[H${e}[F`, ['up', 'down', 'right', 'left', 'home', 'end']],
	[`${e}OA${e}OB${e}OH${e}OF`, ['up', 'down', 'home', 'end']],
	[`${e}[1~${e}[2~${e}[3~${e}[4~${e}[5~${e}[6~${e}[7~${e}[8~`, ['home', 'insert', 'delete', 'end', 'pageup', 'pagedown', 'home', 'end']],
	[`${e}OP${e}OQ${e}OR${e}OS`, ['f1', 'f2', 'f3', 'f4']],
	[`${e}[11~${e}[15~${e}[17~${e}[21~${e}[23~${e}[24~`, ['f1', 'f5', 'f6', 'f10', 'f11', 'f12']],
	[`${e}[[A${e}[[E`, ['f1', 'f5']],
	[`${e}[[Z`, []],
	[`${e}[P${e}[1;5P${e}[1;2R`, ['f1', 'ctrl-f1', 'shift-f3']],
	[`${e}[Z`, ['shift-tab']],
	[`${e}[1;5C${e}[1;2A${e}[1;3D${e}[1;8B`, ['ctrl-right', 'shift-up', 'alt-left', 'ctrl-alt-shift-down']],
	[`${e}[3;5~${e}[5;2~`, ['ctrl-delete', 'shift-pageup']],
	[`${e}[a${e}Oa${e}[3$${e}[3^${e}[3@`, ['shift-up', 'ctrl-up', 'shift-delete', 'ctrl-delete', 'ctrl-shift-delete']],
	[`${e}OM${e}Oj${e}Oq`, ['enter', '*', '1']],
	[`${e}O5P`, ['ctrl-f1']],
	[`${e}[97u${e}[97;5u${e}[97;2u${e}[97:65;2u${e}[105;5u`, ['a', 'ctrl-a', 'A', 'A', 'tab']],
	[`${e}[47:63;2u`, ['?']],
	[`${e}[13u${e}[27u${e}[9;2u${e}[32u${e}[127;5u`, ['enter', 'esc', 'shift-tab', 'space', 'ctrl-backspace']],
	[`${e}[97;1:1u${e}[97;1:2u${e}[97;1:3u${e}[1;1:3A`, ['a', 'a']],
	[`${e}[57399u${e}[57414u${e}[57419u${e}[57441u`, ['0', 'enter', 'up']],
	[`${e}[97;9u`, []],
	[`${e}[97;65u`, ['a']],
	[`${e}[27;5;107~`, ['ctrl-k']],
	[`${e}[99~${e}[E`, []],
	[`${e}[<0;10;5M${e}[<0;10;5m`, ['press left 9,4', 'release left 9,4']],
	[`${e}[<2;1;1M${e}[<1;300;200M`, ['press right 0,0', 'press middle 299,199']],
	[`${e}[<64;3;4M${e}[<65;3;4M${e}[<66;1;1M`, ['wheel wheel-up 2,3', 'wheel wheel-down 2,3', 'wheel wheel-left 0,0']],
	[`${e}[<32;2;2M${e}[<35;2;2M`, ['drag left 1,1', 'move none 1,1']],
	[`${e}[<28;2;2M`, ['shift alt ctrl press left 1,1']],
	[`${e}[<0;0;5M${e}[<128;1;1M${e}[<;M`, []],
	[`${e}[M !!${e}[M#!!${e}[M\`!!`, ['press left 0,0', 'release none 0,0', 'wheel wheel-up 0,0']],
	[`${e}[I${e}[O`, ['focus', 'blur']],
	[`${e}[?62;4cj`, [`report "\\u001b[?62;4c"`, 'j']],
	[`${e}[24;80R`, ['report "\\u001b[24;80R"']],
	[`${e}[?2026;2$y`, ['report "\\u001b[?2026;2$y"']],
	[`${e}]11;rgb:1a1a/1b1b/1c1c\u0007q`, ['report "\\u001b]11;rgb:1a1a/1b1b/1c1c"', 'q']],
	[`${e}P>|xterm(380)${e}\\q`, ['report "\\u001bP>|xterm(380)"', 'q']],
	[`${e}[200~rm -rf /\r\nq${e}[201~q`, ['paste "rm -rf /\\nq"', 'q']],
	[`${e}[200~${e}[31m日${e}[20${e}[201~`, [`paste "\\u001b[31m日\\u001b[20"`]],
	[`${e}[200~${e}[201~`, ['paste ""']],
	[`${e}[201~j`, ['j']],
	[`${e}[1;\u0003`, ['ctrl-c']],
	[`${e}[1${e}[A`, ['up']],
	[`${e}[日`, ['日']],
	[`${e}[5`, []],
	[`${e}[`, ['alt-[']],
	[`${e}O`, ['alt-O']],
	[`${e}O日`, ['alt-O', '日']],
	[`${e}]`, ['alt-]']],
	['\u0085', []],
];

describe.each(cases)('%j', (text, events) => {
	test('at once', () => {
		expect(read(text)).toEqual(events);
	});

	test('byte by byte', () => {
		expect(readByteByByte(text)).toEqual(events);
	});
});

test('all of them in one go, cut at every place', () => {
	const closed = cases.filter(([text]) => {
		const parser = createInputParser();
		parser.feed(text);
		return !parser.pending;
	});
	const all = bytes(closed.map(([text]) => text).join(''));
	const expected = closed.flatMap(([, events]) => events);
	expect(closed.length).toBeGreaterThan(45);
	for (let cut = 0; cut <= all.length; cut++) {
		const parser = createInputParser();
		expect([...parser.feed(all.slice(0, cut)), ...parser.feed(all.slice(cut))].map(spelled)).toEqual(expected);
	}
});

test('a lone ESC waits to be settled', () => {
	const parser = createInputParser();
	expect([parser.feed(e), parser.pending]).toEqual([[], true]);
	expect([parser.flush().map(spelled), parser.pending]).toEqual([['esc'], false]);
	expect(parser.flush()).toEqual([]);
});

test('what is typed carries its text; what only does something does not', () => {
	const parser = createInputParser();
	const texts = parser.feed(`aJ é日\r${e}[A\u0003${e}x${e}[97;2u${e}[47:63;2u`).map(event => (event.type === 'key' ? event.text : 'none'));
	expect(texts).toEqual(['a', 'J', ' ', 'é', '日', undefined, undefined, undefined, undefined, 'A', '?']);
});

describe('what could hurt', () => {
	test('bytes that are no UTF-8 are no keys', () => {
		const parser = createInputParser();
		expect(parser.feed(Uint8Array.of(0xff, 0xfe, 0x6a, 0xc3, 0x28)).map(spelled)).toEqual(['j', '(']);
	});

	test('the head of a report is never typed, however late its rest comes', () => {
		const parser = createInputParser();
		parser.feed(`${e}]11;rgb:dd`);
		expect(parser.flush()).toEqual([]);
		expect(parser.feed(`dd/dddd/dddd${e}\\x`).map(spelled)).toEqual([`report "\\u001b]11;rgb:dddd/dddd/dddd"`, 'x']);
	});

	test('a sequence that never ends is given up', () => {
		const parser = createInputParser();
		expect(parser.feed(`${e}[${'1;'.repeat(5000)}`).map(spelled)).toEqual([]);
		expect(parser.pending).toBe(false);
		expect(parser.feed('j').map(spelled)).toEqual(['j']);
		expect(parser.feed(`${e}]${'x'.repeat(5000)}`).map(spelled)).toEqual([]);
		expect(parser.feed('j').map(spelled)).toEqual(['j']);
	});

	test('a paste of ten megabytes is cut, said, and takes no key with it', () => {
		const parser = createInputParser();
		const events = [`${e}[200~`, ...Array.from({length: 160}, () => 'x'.repeat(65_536)), `${e}[201`, '~q'].flatMap(piece => parser.feed(piece));
		expect(events.map(event => event.type)).toEqual(['paste', 'key']);
		expect(events[0]).toMatchObject({truncated: true, text: 'x'.repeat(1_048_576)});
	});

	test('a megabyte of keys without brackets is taken in reasonable time', () => {
		const parser = createInputParser();
		const before = process.cpuUsage();
		expect(parser.feed(bytes('jk'.repeat(500_000)))).toHaveLength(1_000_000);
		expect(process.cpuUsage(before).user / 1000).toBeLessThan(5000);
	});
});
