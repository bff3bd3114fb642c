import {execFileSync} from 'node:child_process';
import {describe, expect, test} from 'vitest';
import {joinWords, splitWords} from '../../source/model/shell-words.ts';

describe('splits as a shell does', () => {
	const lines = [
		'',
		'   ',
		'one',
		' one  two\tthree ',
		`a'b c'd`,
		`"x y" 'z "w"'`,
		`it\\'s`,
		String.raw`"say \"hi\" \n \\ end"`,
		`'' ""`,
		`a"" ''b`,
		String.raw`back\ slash`,
		`--env=A='b c'`,
		`"tab	inside"`,
	];
	test.each(lines)('%j', line => {
		const shell = execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`], {encoding: 'utf8'});
		expect(splitWords(line)).toEqual(shell.split('\0').slice(0, -1));
	});
});

test('nothing is expanded', () => expect(splitWords('$HOME * `id` $(id) ; && > x #')).toEqual(['$HOME', '*', '`id`', '$(id)', ';', '&&', '>', 'x', '#']));

test.each([
	[`a 'b`, "'"],
	['"', '"'],
	[String.raw`"a\"`, '"'],
	['a\\', '\\'],
])('%j is left open', (line, open) => expect(splitWords(line)).toEqual({open}));

describe('what is joined', () => {
	const words = [['run', '-d', 'alpine:3'], ['a b', ''], ["it's", '"q"'], ['$HOME', '*', ';rm'], ['\\', '\n', 'é漢'], ['K=v', 'a@b%c+d,e/f']];
	test.each(words.map(each => [each]))('is split the same again, here and by a shell: %j', each => {
		const line = joinWords(each);
		expect(splitWords(line)).toEqual(each);
		expect(execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], {encoding: 'utf8'}).split('\0').slice(0, -1)).toEqual(each);
	});
	test('stays readable where it can', () => expect(joinWords(['-p', '127.0.0.1:80:80/tcp', '-e', 'A=b c'])).toBe(`-p 127.0.0.1:80:80/tcp -e 'A=b c'`));
});
