import {expect, test} from 'vitest';
import {parse} from 'yaml';
import {printYaml} from '../../../source/model/compose/print-yaml.ts';
import type {Plain} from '../../../source/model/compose/value.ts';

const texts = [
	'', ' ', 'plain', 'two words', 'two  blanks', 'a: b', 'a:b', 'a #b', '#a', '- a', '-', '-a', '?', '? a', '!tag', '&a', '*a', '%a', '@a', '`a', '{a}', '[a]', ',', 'a, b', '"', "'", "it's", '|', '>', '~', 'null', 'Null', 'true', 'YES', 'no', 'on', 'Off', 'y', 'n', '1', '-1', '1.5', '1e3', '1_000', '0x1f', '0o17', '017', '1:30', '190:20:30', '.5', '.', '.inf', '-.INF', '.nan', '<<', '=', '2001-01-01', '2001-12-14t21:59:43.10-05:00', '10.0.0.1', '8080:80', 'a\nb', 'a\n', '\ttab', 'tail ', ' head', 'ü', 'emoji 😀', '\u0000\u001b[31m', '\u0085\u2028\ufeff', '---', '---a', '...', '$$', '${A:-b}', '/path/to', 'example.test/x:1@sha256:ab', 'a\\b',
];

test.each(['1.1', '1.2'] as const)('every text comes back as itself, as a value and as a key, from YAML %s', version => {
	for (const text of texts) {
		const value = {values: [text, {under: text}], [text]: text};
		expect(parse(printYaml(value), {version, merge: true})).toEqual(value);
	}
});

test('every shape comes back', () => {
	const value: Plain = {a: {b: {c: [1, [2, [3, {}], []], {d: null, e: true}], f: {}}}, g: [], h: [{i: 1, j: [{k: 2}]}, 'l'], m: -1.5};
	expect(parse(printYaml(value))).toEqual(value);
	for (const one of [null, 'x', 1, [], {}, [[['a']]]] as const) expect(parse(printYaml(one))).toEqual(one);
});

test('it reads as people write it', () => {
	expect(printYaml({name: 'p', services: {web: {image: 'x:1', ports: [{target: 80, published: '80'}], command: ['a', '-b'], labels: {}, x: null}}})).toBe(`name: p
services:
  web:
    image: x:1
    ports:
      - target: 80
        published: "80"
    command:
      - a
      - "-b"
    labels: {}
    x: null
`);
});
