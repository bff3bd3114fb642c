import {describe, expect, test} from 'vitest';
import {runArguments, runPreview} from '../../source/commands/dashboard/run-line.ts';

describe('fields as arguments', () => {
	test.each([
		[{image: 'alpine'}, ['-d', 'alpine']],
		[{image: ' alpine ', name: 'web ', restart: 'no'}, ['-d', '--name', 'web', 'alpine']],
		[{image: 'a', ports: '8080:80, 53:53/udp,443'}, ['-d', '-p', '8080:80', '-p', '53:53/udp', '-p', '443', 'a']],
		[{image: 'a', env: `A=1 GREETING='hello world'`}, ['-d', '-e', 'A=1', '-e', 'GREETING=hello world', 'a']],
		[{image: 'a', volumes: 'data:/data "/my files:/srv:ro"'}, ['-d', '-v', 'data:/data', '-v', '/my files:/srv:ro', 'a']],
		[{image: 'a', network: 'front back', restart: 'always'}, ['-d', '--net', 'front', '--net', 'back', '--restart', 'always', 'a']],
		[{image: 'a', command: `sh -c 'echo "$HOME"; date'`, more: '--memory 64m -u nobody'}, ['-d', '--memory', '64m', '-u', 'nobody', 'a', 'sh', '-c', 'echo "$HOME"; date']],
	])('%j', (values, words) => expect(runArguments(values)).toEqual(words));

	test('a quote that is not closed is named with its field', () => {
		expect(() => runArguments({image: 'a', env: `A='b`})).toThrow("Env: a ' is not closed");
		expect(() => runArguments({image: 'a', command: 'x\\'})).toThrow(String.raw`Command: a \ stands at the end`);
	});
});

test('the preview can be pasted into a shell', () => {
	expect(runPreview({image: 'a:1', env: `A='b c'`, ports: '80'})).toBe("nerdctl run -d -p 80 -e 'A=b c' a:1");
	expect(runPreview({})).toBe('nerdctl run -d …');
	expect(runPreview({image: 'a', command: '"'})).toBe('nerdctl run …');
});
