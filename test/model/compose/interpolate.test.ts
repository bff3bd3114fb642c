import {describe, expect, test} from 'vitest';
import {interpolate} from '../../../source/model/compose/interpolate.ts';

const values: Readonly<Record<string, string>> = {NAME: 'name', EMPTY: '', _u1: 'under'};
const lookup = (name: string): string | undefined => values[name];

describe('a variable', () => {
	test.each([
		['plain', 'plain'],
		['$NAME', 'name'],
		['${NAME}', 'name'],
		['a$NAME-b', 'aname-b'],
		['$_u1.x', 'under.x'],
		['$$NAME', '$NAME'],
		['$$$NAME', '$name'],
		['^\\d+$', '^\\d+$'],
		['$1', '$1'],
		['${NAME:-x}${NAME-x}', 'namename'],
		['${EMPTY:-x}|${EMPTY-x}', 'x|'],
		['${NOT:-x}|${NOT-x}', 'x|x'],
		['${NAME:+x}|${NAME+x}', 'x|x'],
		['${EMPTY:+x}|${EMPTY+x}', '|x'],
		['${NOT:+x}|${NOT+x}', '|'],
		['${NAME:?no}|${NAME?no}|${EMPTY?no}', 'name|name|'],
		['${NOT:-${EMPTY:-${NAME}}}', 'name'],
		['${NOT:-{"a": {"b": 1}}}', '{"a": {"b": 1}}'],
		['${NOT:-a:b-c?d+e}', 'a:b-c?d+e'],
		['${NOT:-}', ''],
		['[${NOT}]', '[]'],
	])('%s is %j', (text, expected) => {
		expect(interpolate(text, {lookup})).toBe(expected);
	});

	test.each([
		['${NOT?}', 'the variable NOT is required'],
		['${NOT:?set it to $NAME}', 'the variable NOT is required: set it to name'],
		['${EMPTY:?}', 'the variable EMPTY is required'],
		['${', '"${" is not a valid use of a variable'],
		['${NAME', '"${NAME" is not a valid use of a variable'],
		['${}', '"${}" is not a valid use of a variable'],
		['${1}', '"${1}" is not a valid use of a variable'],
		['${NAME!x}', '"${NAME!x}" is not a valid use of a variable'],
		['${A:-'.repeat(40) + '}'.repeat(40), 'variables are nested more than 32 deep'],
	])('%s is refused', (text, message) => {
		expect(() => interpolate(text, {lookup})).toThrow(message);
	});

	test('without a value is told, one with a default is not', () => {
		const told: string[] = [];
		interpolate('$A ${B} ${C:-c} ${D:+d} $NAME $EMPTY', {lookup, onUnset: name => told.push(name)});
		expect(told).toEqual(['A', 'B']);
	});

	test('its value is not looked into again', () => {
		expect(interpolate('$X', {lookup: () => '$X ${Y'})).toBe('$X ${Y');
	});
});
