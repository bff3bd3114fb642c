import {describe, expect, test} from 'vitest';
import {createHeaderDecoder, encodeHeaders} from '../../../source/clients/http2/hpack.ts';
import {decodeHuffman} from '../../../source/clients/http2/huffman.ts';
import {staticTable} from '../../../source/clients/http2/static-table.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

describe('headers as HPACK has them', () => {
	test('the static table has its sixty-one entries in their places', () => {
		expect(staticTable).toHaveLength(61);
		expect([1, 8, 16, 31, 58, 61].map(index => staticTable[index - 1])).toEqual([
			...[[':authority', ''], [':status', '200'], ['accept-encoding', 'gzip, deflate']],
			...[['content-type', ''], ['user-agent', ''], ['www-authenticate', '']],
		]);
	});

	test('the three requests of RFC 7541, C.3, each shorter by what the table remembers', () => {
		const decoder = createHeaderDecoder();
		const common = [[':method', 'GET'], [':scheme', 'http'], [':path', '/'], [':authority', 'www.example.com']];
		expect(decoder.decode(hex('8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d'))).toEqual(common);
		expect(decoder.decode(hex('8286 84be 5808 6e6f 2d63 6163 6865'))).toEqual([...common, ['cache-control', 'no-cache']]);
		expect(decoder.decode(hex('8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65'))).toEqual([
			...[[':method', 'GET'], [':scheme', 'https'], [':path', '/index.html'], [':authority', 'www.example.com']],
			['custom-key', 'custom-value'],
		]);
	});

	test('the same in Huffman code, C.4', () => {
		const decoder = createHeaderDecoder();
		expect(decoder.decode(hex('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff'))[3]).toEqual([':authority', 'www.example.com']);
		expect(decoder.decode(hex('8286 84be 5886 a8eb 1064 9cbf'))[4]).toEqual(['cache-control', 'no-cache']);
		expect(decoder.decode(hex('8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf'))[4]).toEqual(['custom-key', 'custom-value']);
	});

	test('responses that throw entries out of a table of 256 bytes, C.6', () => {
		const decoder = createHeaderDecoder(256);
		const first = decoder.decode(
			hex('4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3'),
		);
		expect(first).toEqual([
			...[[':status', '302'], ['cache-control', 'private'], ['date', 'Mon, 21 Oct 2013 20:13:21 GMT']],
			['location', 'https://www.example.com'],
		]);
		expect(decoder.decode(hex('4883 640e ffc1 c0bf'))).toEqual([[':status', '307'], ...first.slice(1)]);
	});

	test('what is never to be remembered is not', () => {
		const decoder = createHeaderDecoder();
		expect(decoder.decode(hex('1008 7061 7373 776f 7264 0673 6563 7265 74'))).toEqual([['password', 'secret']]);
		expect(() => decoder.decode(hex('be'))).toThrow('a header of number 62');
	});

	test('the table can be made smaller and emptied between blocks', () => {
		const decoder = createHeaderDecoder();
		decoder.decode(hex('400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65'));
		expect(decoder.decode(hex('20 82'))).toEqual([[':method', 'GET']]);
		expect(() => decoder.decode(hex('be'))).toThrow('a header of number 62');
	});

	test.each([
		['number 0', '80', 'number 0'],
		['an entry that is not there', 'ff00', 'number 127'],
		['a string that is cut', '4005 6162', 'ends too early'],
		['a number without an end', 'ffffffffffffffffff', 'too large'],
		['a table larger than allowed', '3fe2 1f', 'may not be so large'],
		['a new size of the table behind a header', '8220', 'may not be so large'],
		['padding of zeros', '4081 00 0161', 'ends within a code'],
		['eight bits of padding', '4082 1fff 0161', 'ends within a code'],
		['an end of string', '4084 ffff ffff 0161', 'end of string'],
	])('is refused: %s', (_what, block, words) => {
		expect(() => createHeaderDecoder().decode(hex(block))).toThrow(words);
	});

	test('a block that unpacks to more than is allowed is refused', () => {
		const decoder = createHeaderDecoder(4096, 200);
		decoder.decode(encodeHeaders([['a', 'b'.repeat(100)]]));
		expect(() => decoder.decode(encodeHeaders([['a', 'b'.repeat(100)], ['c', 'd'.repeat(100)]]))).toThrow('more than 200 bytes');
	});

	test('what is encoded here is decoded to the same', () => {
		const headers: Array<readonly [string, string]> = [[':status', '200'], ['content-type', 'application/grpc'], ['grpc-message', 'x'.repeat(300)], ['a', '']];
		expect(createHeaderDecoder().decode(encodeHeaders(headers))).toEqual(headers);
	});

	test.each([
		['five bits', '07', [0x30]],
		['eight bits', 'f8', [0x26]],
		['ten bits', 'fe3f', [0x21]],
		['thirteen bits', 'ffc7', [0x00]],
		['thirty bits', 'fffffff3', [0x0a]],
	])('Huffman code of %s', (_what, code, bytes) => {
		expect([...decodeHuffman(hex(code))]).toEqual(bytes);
	});
});

test.each(['日本', 'ť', 'a\nb', 'a\rb', 'a\0b', '\u007f'])('what no header can say (%j) is refused, not said otherwise', value => {
	expect(() => encodeHeaders([['x', value]])).toThrow('the header x can not be');
});
