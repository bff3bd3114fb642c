import {expect, test} from 'vitest';
import {planLog} from '../../../../source/services/containers/create/log.ts';
import {checkName, suggestName} from '../../../../source/services/containers/create/names.ts';

const id = 'abcdef0123456789'.repeat(4);

test.each([
	['docker.io/library/busybox:1.36', 'busybox-abcde'],
	['registry.example:5000/team/web-app@sha256:'.concat('0'.repeat(64)), 'web-app-abcde'],
	[undefined, 'untitled-abcde'],
])('a container of %s is called %s', (image, name) => {
	expect(suggestName(image, id)).toBe(name);
});

test.each(['a', '', '-a', '../x', 'a b', 'ä1', 'a/b'])('%j is no name', name => {
	expect(() => checkName(name)).toThrow("can't be the name of a container");
});

test.each(['ab', 'A.b-c_d', '0x'])('%j is a name', name => {
	expect(() => checkName(name)).not.toThrow();
});

test('a log is planned as nerdctl writes its settings', () => {
	const [uri, address] = ['binary:///shim?log=%2Fdata', '/run/containerd.sock'];
	expect(planLog({driver: 'json-file', options: {}}, uri, address)).toEqual({uri, config: `{"driver":"json-file","address":"${address}"}`, isOurs: true, isKept: true});
	expect(planLog({driver: 'json-file', options: {'max-file': '3'}}, uri, address).config).toBe(`{"driver":"json-file","address":"${address}"}`);
	expect(planLog({driver: 'json-file', options: {'max-size': '1m', 'max-file': '3'}}, uri, address).config).toBe(
		`{"driver":"json-file","opts":{"max-size":"1m","max-file":"3"},"address":"${address}"}`,
	);
	expect(planLog({driver: 'none', options: {}}, uri, address)).toMatchObject({uri, isOurs: true, isKept: false});
	expect(planLog({driver: 'json-file', options: {'log-path': '/elsewhere'}}, uri, address)).toMatchObject({isKept: false});
	expect(planLog({uri: 'file:///out'}, uri, address)).toEqual({uri: 'file:///out', config: '{"driver":"","address":""}', isOurs: false, isKept: false});
});
