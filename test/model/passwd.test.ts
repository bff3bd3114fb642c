import {expect, test} from 'vitest';
import {lookUpUser} from '../../source/model/passwd.ts';

const passwd = 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home:/bin/sh\nbroken:x:nope:1::/:\n:x:5:5::/:\n42:x:43:44::/:\n';
const group = 'root:x:0:\nstaff:x:50:root,app\nwheel:x:10:app\nbroken:x:nope:app\n';

test.each([
	['root', {uid: 0, gid: 0, additionalGids: [0, 50]}],
	['app', {uid: 1000, gid: 1001, additionalGids: [1001, 50, 10]}],
	['1000', {uid: 1000, gid: 1001, additionalGids: [1001, 50, 10]}],
	['app:wheel', {uid: 1000, gid: 10, additionalGids: []}],
	['app:77', {uid: 1000, gid: 77, additionalGids: []}],
	['7', {uid: 7, gid: 0, additionalGids: [0]}],
	['7:8', {uid: 7, gid: 8, additionalGids: []}],
	['42', {uid: 43, gid: 44, additionalGids: [44]}],
	['nobody', {unknown: 'user nobody'}],
	['broken', {unknown: 'user broken'}],
	['app:nobody', {unknown: 'group nobody'}],
	['4294967295', {unknown: 'user 4294967295'}],
	['-1', {unknown: 'user -1'}],
	['', {unknown: 'user '}],
])('%j', (user, expected) => {
	expect(lookUpUser(user, passwd, group)).toEqual(expected);
});

test('an image without these files knows numbers only', () => {
	expect(lookUpUser('12:34', '', '')).toEqual({uid: 12, gid: 34, additionalGids: []});
	expect(lookUpUser('root', '', '')).toEqual({unknown: 'user root'});
});
