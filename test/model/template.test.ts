import {describe, expect, test} from 'vitest';
import {compileHeader, compileTemplate} from '../../source/model/template.ts';
import {goStruct, nilSlice} from '../../source/model/template-struct.ts';
import {goLocalTime} from '../../source/model/template-values.ts';

const map: Readonly<Record<string, string>> = {b: '2', a: '1'};
const item = goStruct(
	'*container.ListItem',
	{ID: 'abcdef', Names: 'web', N: 3, L: ['x', 'y'], M: map, Nil: nilSlice, T: true, F: 1.5, Sub: goStruct('struct', {A: 'aa', B: 0})},
	{hidden: {Label: (key: string) => map[key] ?? ''}},
);

describe('a format', () => {
	/** The expected column is what Go's text/template with docker's functions printed for the same value. */
	test.each([
		['{{.ID}} {{.Names|upper}}', 'abcdef WEB'],
		['{{json .L}} {{json .Nil}} {{json .M}} {{json .Sub}}', '["x","y"] null {"a":"1","b":"2"} {"A":"aa","B":0}'],
		['json', '{"ID":"abcdef","Names":"web","N":3,"L":["x","y"],"M":{"a":"1","b":"2"},"Nil":null,"T":true,"F":1.5,"Sub":{"A":"aa","B":0}}'],
		['{{.Label "a"}}', '1'],
		['{{range $i,$e := .L}}{{if $i}},{{end}}{{$e}}{{end}}', 'x,y'],
		['{{range $k,$v := .M}}{{$k}}={{$v}};{{end}}', 'a=1;b=2;'],
		['{{range .Nil}}x{{else}}none{{end}}', 'none'],
		['{{if and .ID (eq .N 3)}}y{{else if .Names}}z{{else}}n{{end}}', 'y'],
		['{{- /* c */ -}} a {{- .ID -}} b', 'aabcdefb'],
		['{{index .L 1}} {{len .L}} {{len .ID}} {{len .M}}', 'y 2 6 2'],
		['{{index .M "b"}}|{{index .M "zz"}}|{{.M.a}}|{{.M.zz}}', '2||1|<no value>'],
		['{{printf "%-5s|%03d|%5.1f|%q|%v|%x" .Names .N .F .ID .L .N}}', 'web  |003|  1.5|"abcdef"|[x y]|3'],
		['{{with $x := .Names}}{{$x}}{{end}}', 'web'],
		['{{with .Nil}}x{{else}}y{{end}}', 'y'],
		['{{.L}} {{.M}} {{.Nil}} {{.T}} {{.F}} {{.Sub}}', '[x y] map[a:1 b:2] [] true 1.5 {aa 0}'],
		[
			'{{join .L ","}} {{split .ID "c"}} {{title "hello world"}} {{truncate .ID 3}} {{pad .ID 1 2}}|',
			'x,y [ab def] Hello World abc  abcdef  |',
		],
		['{{println .ID .N}}', 'abcdef 3\n'],
		['{{print .N .N "a" .N}}', '3 3a3'],
		['{{(index .L 0) | printf "%q"}}', '"x"'],
		['{{$y := 1}}{{$y = 2}}{{$y}}', '2'],
		['{{or "" .ID}} {{and "" .ID}} {{not .T}}', 'abcdef  false'],
		['{{or .Nil .L}}', '[x y]'],
		['{{lt 1 2}} {{ge .N 3}} {{ne .ID "x"}} {{eq .N 1 2 3}}', 'true true true true'],
		['{{range .L}}{{if eq . "y"}}{{break}}{{end}}{{.}}{{end}}', 'x'],
		['{{range .L}}{{if eq . "x"}}{{continue}}{{end}}{{.}}{{end}}', 'y'],
		['{{"quoted\\tstring\\n"}}{{`raw\\n`}}', 'quoted\tstring\nraw\\n'],
		['{{.Sub.A}}-{{.Sub.B}}', 'aa-0'],
		['{{$.ID}}{{range .L}}{{$.Names}}{{end}}', 'abcdefwebweb'],
		['plain text', 'plain text'],
		['{{slice .ID 1 3}} {{slice .L 1}}', 'bc [y]'],
		['{{ .ID }}\n{{- "x" }}', 'abcdefx'],
		['{{3}} {{-3}} {{0x1F}} {{1.5}} {{true}}', '3 -3 31 1.5 true'],
		['{{.ID | printf "%s-%s" "a"}}', 'a-abcdef'],
		['{{with .Sub}}{{.A}}{{else}}no{{end}}', 'aa'],
		["{{'a'}}", '97'],
		['{{eq .T true}}', 'true'],
		['{{if not (eq .ID "x")}}1{{end}}', '1'],
		['{{range $i := .L}}{{$i}}{{end}}', 'xy'],
		['{{with .ID}}{{.}}{{end}}', 'abcdef'],
		['{{if eq .N 1}}1{{else if eq .N 2}}2{{else if eq .N 3}}3{{else}}?{{end}}', '3'],
		['{{lower "ABC" | title}}', 'Abc'],
		['{{join .M ";"}}', '1;2'],
		['{{range .N}}{{.}}{{end}}', '012'],
		['{{ . | json | len }}', '122'],
		['{{html "<a>"}} {{urlquery "a b&c"}}', '&lt;a&gt; a+b%26c'],
	])('%s', (format, printed) => {
		expect(compileTemplate(format)(item)).toBe(printed);
	});

	test.each([
		['{{.Foo}}', "can't evaluate field Foo in type *container.ListItem (column 3)"],
		['{{foo}}', 'function "foo" is not defined (column 3)'],
		['{{if .ID}}x', 'an {{end}} is missing for this (column 1)'],
		['a{{.ID', 'an action is not closed with }} (column 2)'],
		['{{end}}', '{{end}} has nothing to belong to (column 1)'],
		['{{.L.x}}', "can't evaluate field x in type list (column 3)"],
		['{{eq .N "a"}}', 'eq: incompatible types for comparison (column 3)'],
		['{{index .L 9}}', 'index out of range: 9 (column 3)'],
		['{{$z}}', 'variable $z is not defined (column 3)'],
		['{{.ID "x"}}', 'a value that is not a function was given an argument (column 3)'],
		['{{"a}}', 'a text is not closed (column 3)'],
		['{{1 | 2}}', 'a pipe must lead into a function (column 7)'],
		['{{(.ID}}', 'a parenthesis is not closed (column 3)'],
		['{{.ID)}}', 'there is a ) too many (column 6)'],
		['{{}}', 'a value is missing (column 1)'],
		['{{.ID\n}} {{.Nope}}', "can't evaluate field Nope in type *container.ListItem (line 2, column 6)"],
		['{{define "x"}}', '{{define}} is not supported: a format is a single template (column 1)'],
		['{{with $x := .L}}{{end}}{{$x}}', 'variable $x is not defined (column 27)'],
	])('%s is refused with the place', (format, problem) => {
		expect(() => compileTemplate(format)(item)).toThrow(problem);
	});

	test('a missing key of a map is not told, of a map in a struct neither', () => {
		expect(compileTemplate('{{.zz}}')({})).toBe('<no value>');
		expect(compileTemplate('{{.Labels.zz}}')(goStruct('any', {Labels: {a: 'b'}}))).toBe('<no value>');
	});

	test('a prototype is not a field', () => {
		expect(compileTemplate('{{.constructor}}')({})).toBe('<no value>');
		expect(() => compileTemplate('{{.constructor}}')(item)).toThrow("can't evaluate field constructor");
	});

	test('controls that a terminal may obey are escaped in JSON', () => {
		expect(compileTemplate('json')({a: 'x\u001b\u009b\u007f'})).toBe('{"a":"x\\u001b\\u009b\\u007f"}');
	});

	test('what is dear to compute is computed for who asks', () => {
		let asked = 0;
		const row = goStruct('row', {
			ID: 'abc',
			get CreatedAt() {
				asked += 1;
				return 'now';
			},
		});
		expect(compileTemplate('{{.ID}}')(row)).toBe('abc');
		expect(asked).toBe(0);
		expect(compileTemplate('{{.CreatedAt}} {{json .}} {{.}}')(row)).toBe('now {"ID":"abc","CreatedAt":"now"} {abc now}');
	});

	test.each(['2026-01-15T12:00:00.499Z', '2026-07-15T12:00:00.499Z'])('%s has the name of the zone that Node knows', text => {
		const date = new Date(text);
		const zone = new Intl.DateTimeFormat('en', {timeZoneName: 'short'}).formatToParts(date).find(({type}) => type === 'timeZoneName')?.value ?? '';
		expect(goLocalTime(date.getTime())).toMatch(/^2026-0[17]-1[56] \d\d:\d\d:00 [+-]\d{4} /);
		expect(goLocalTime(date.getTime()).split(' ').slice(3).join(' ')).toBe(zone.replace(/^(?:GMT|UTC)$/, 'UTC'));
	});

	test('a header keeps the name of its column whole', () => {
		expect(compileHeader('{{truncate .ID 3}}\t{{.Names | lower}}')({ID: 'CONTAINER ID', Names: 'NAMES'})).toBe('CONTAINER ID\tNAMES');
	});
});
