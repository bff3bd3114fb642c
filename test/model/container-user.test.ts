import {describe, expect, it, test} from 'vitest';
import {resolveUser, type UserWish, userFilesFor} from '../../source/model/container-user.ts';

const passwd = 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home:/bin/sh\n';
const group = 'root:x:0:root\nstaff:x:50:root,app\nwheel:x:10:app\napp:x:1001:app\n';
const wish = (changes: Partial<UserWish>): UserWish => ({imageUser: '', groups: [], ...changes});

// As containerd's WithUser and WithAdditionalGIDs have it, which nerdctl calls.
test.each<[string, Partial<UserWish>, {readonly uid: number; readonly gid: number; readonly additionalGids: readonly number[]}]>([
	['nobody is named', {}, {uid: 0, gid: 0, additionalGids: [0, 50]}],
	['no image', {imageUser: undefined}, {uid: 0, gid: 0, additionalGids: [0]}],
	['root by name', {user: 'root'}, {uid: 0, gid: 0, additionalGids: [0, 50]}],
	['root by number', {user: '0'}, {uid: 0, gid: 0, additionalGids: [0, 50]}],
	['a name', {user: 'app'}, {uid: 1000, gid: 1001, additionalGids: [1001, 50, 10]}],
	['the number of a name', {user: '1000'}, {uid: 1000, gid: 1001, additionalGids: [1001, 50, 10]}],
	['a number of nobody', {user: '7'}, {uid: 7, gid: 0, additionalGids: [0]}],
	['an explicit group', {user: 'app:wheel'}, {uid: 1000, gid: 10, additionalGids: [10]}],
	['an explicit number', {user: 'app:77'}, {uid: 1000, gid: 77, additionalGids: [77]}],
	['two numbers', {user: '1000:1000'}, {uid: 1000, gid: 1000, additionalGids: [1000]}],
	['the image’s own', {imageUser: 'app'}, {uid: 1000, gid: 1001, additionalGids: [1001, 50, 10]}],
	['the image’s group keeps the others', {imageUser: 'app:staff'}, {uid: 1000, gid: 50, additionalGids: [50, 10]}],
	['the flag wins over the image', {user: '5', imageUser: 'app'}, {uid: 5, gid: 0, additionalGids: [0]}],
	['only a group', {user: ':wheel'}, {uid: 0, gid: 10, additionalGids: [10]}],
	['only a colon, over the image', {user: ':', imageUser: 'app'}, {uid: 0, gid: 0, additionalGids: [0]}],
	['more groups', {user: '5:6', groups: ['wheel', '99']}, {uid: 5, gid: 6, additionalGids: [6, 10, 99]}],
	['the largest number', {user: '2147483647'}, {uid: 2147483647, gid: 0, additionalGids: [0]}],
])('%s', (_, changes, expected) => expect(resolveUser(wish(changes), {passwd, group})).toEqual(expected));

test.each<[string, Partial<UserWish>, string]>([
	['an unknown user', {user: 'nobody'}, 'The image has no user nobody'],
	['an unknown group', {user: 'app:nobody'}, 'The image has no group nobody'],
	['an unknown added group', {groups: ['nobody']}, 'The image has no group nobody'],
	['three parts', {user: 'a:b:c'}, '"a:b:c" is not a user'],
	['a number too large', {user: '2147483648'}, 'out of range'],
	['a group too large', {user: '1:99999999999'}, 'out of range'],
])('%s is refused', (_, changes, message) => expect(() => resolveUser(wish(changes), {passwd, group})).toThrow(message));

test('an image without files knows numbers only', () => {
	expect(resolveUser(wish({user: '12:34'}), {})).toEqual({uid: 12, gid: 34, additionalGids: [34]});
	expect(resolveUser(wish({}), {})).toEqual({uid: 0, gid: 0, additionalGids: [0]});
	expect(() => resolveUser(wish({user: 'root'}), {})).toThrow('The image has no user root');
});

describe('the files that are read', () => {
	it.each<[Partial<UserWish>, readonly string[]]>([
		[{imageUser: undefined}, []],
		[{}, ['group']],
		[{user: '1000:1000'}, []],
		[{user: '1000:'}, []],
		[{user: '1000'}, ['passwd', 'group']],
		[{user: 'app'}, ['passwd', 'group']],
		[{user: 'app:5'}, ['passwd']],
		[{user: '5:app'}, ['group']],
		[{imageUser: '5:5'}, ['passwd', 'group']],
		[{user: '5:5', groups: ['7']}, []],
		[{user: '5:5', groups: ['seven']}, ['group']],
	])('%j: %j', (changes, files) => expect(userFilesFor(wish(changes))).toEqual(files));
});
