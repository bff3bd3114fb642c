import {describe, expect, test} from 'vitest';
import type {MountRequest} from '../../../source/model/create-request.ts';
import {parseMount, parseTmpfs, parseVolume} from '../../../source/model/request/index.ts';

const mount = (changes: Partial<MountRequest>): MountRequest => ({type: 'bind', source: '/a', target: '/b', readOnly: false, makeSource: false, options: [], ...changes});

describe('-v', () => {
	test.each<[string, Partial<MountRequest>]>([
		['/a:/b', {makeSource: true}],
		['/a:/b:', {makeSource: true}],
		['/a:/b:rw', {makeSource: true}],
		['/a:/b:ro', {makeSource: true, readOnly: true}],
		['/a:/b:rro,rprivate', {makeSource: true, readOnly: true, options: ['rro', 'rprivate']}],
		['/a:/b:ro,bind,rslave,Z', {makeSource: true, readOnly: true, options: ['bind', 'rslave', 'Z']}],
		['./a:/b', {source: './a', makeSource: true}],
		['a/b:/b', {source: 'a/b', makeSource: true}],
		['x:/b', {source: 'x', makeSource: true}],
		['data:/b', {type: 'volume', source: 'data'}],
		['da_ta.1-x:/b:ro', {type: 'volume', source: 'da_ta.1-x', readOnly: true}],
		['/b', {type: 'volume', source: ''}],
		[':/b', {type: 'volume', source: ''}],
	])('%s', (text, expected) => expect(parseVolume(text)).toEqual(mount(expected)));

	test.each<[string, string]>([
		['', 'too many or too few parts'],
		['/a:/b:ro:z', 'too many or too few parts'],
		['/a:b', 'expected an absolute path'],
		['data', 'expected an absolute path'],
		['/a:/b:ro,rw', 'duplicated read/write option'],
		['/a:/b:ro,ro', 'duplicated read/write option'],
		['/a:/b:shared,slave', 'duplicated propagation option'],
		['/a:/b:bind,rbind', 'duplicated bind/rbind option'],
		['/a:/b:nocopy', 'unknown option "nocopy"'],
		['data:/b:rshared', 'rshared is for bind mounts only'],
		['data:/b:bind', 'bind is for bind mounts only'],
	])('%j is refused', (text, message) => expect(() => parseVolume(text)).toThrow(message));
});

describe('--tmpfs', () => {
	test.each<[string, Partial<MountRequest>]>([
		['/b', {}],
		['/b:size=64m,exec', {options: ['size=64m', 'exec']}],
		['/b:ro,mode=1770', {readOnly: true, options: ['mode=1770']}],
	])('%s', (text, expected) => expect(parseTmpfs(text)).toEqual(mount({type: 'tmpfs', source: '', ...expected})));

	test('a relative path is refused', () => expect(() => parseTmpfs('b:size=1m')).toThrow('expected an absolute path'));
});

describe('--mount', () => {
	test.each<[string, Partial<MountRequest>]>([
		['type=bind,source=/a,target=/b', {options: ['rbind']}],
		['type=bind,src=/a,dst=/b,readonly', {readOnly: true, options: ['rbind']}],
		['type=bind,src=/a,destination=/b,ro=true', {readOnly: true, options: ['rbind']}],
		['type=bind,src=/a,dst=/b,readonly=false', {options: ['rbind']}],
		['TYPE=bind,src=/a,dst=/b,bind-propagation=rshared', {options: ['rbind', 'rshared']}],
		['type=bind,src=/a,dst=/b,bind-nonrecursive', {options: ['bind']}],
		['type=bind,src=/a,dst=/b,bind-nonrecursive=true', {options: ['bind']}],
		['type=bind,src=/a,dst=/b,bind-recursive=disabled', {options: ['bind']}],
		['type=bind,src=/a,dst=/b,bind-recursive=enabled', {options: ['rbind']}],
		['type=bind,src=/a,dst=/b,ro,bind-recursive=writable', {readOnly: true, options: ['rbind']}],
		['type=bind,src=/a,dst=/b,ro,bind-recursive=readonly,bind-propagation=rprivate', {readOnly: true, options: ['rbind', 'rro', 'rprivate']}],
		['type=bind,src=/a,dst=/b,rro', {readOnly: true, options: ['rbind', 'rro']}],
		['type=bind,src=a,dst=/b', {source: 'a', options: ['rbind']}],
		['type=volume,src=data,dst=/b', {type: 'volume', source: 'data'}],
		['src=data,dst=/b,ro', {type: 'volume', source: 'data', readOnly: true}],
		['src=/a,dst=/b', {options: ['rbind']}],
		['type=volume,dst=/b', {type: 'volume', source: ''}],
		['type=tmpfs,dst=/b', {type: 'tmpfs', source: '', options: ['mode=1777']}],
		['type=tmpfs,dst=/b,tmpfs-size=64m,tmpfs-mode=1770', {type: 'tmpfs', source: '', options: ['mode=1770', 'size=64m']}],
		['type=tmpfs,dst=/b,tmpfs-size=1000,tmpfs-mode=0700,ro', {type: 'tmpfs', source: '', readOnly: true, options: ['mode=700', 'size=1000']}],
		['type=tmpfs,dst=/b,tmpfs-size=2gb', {type: 'tmpfs', source: '', options: ['mode=1777', 'size=2g']}],
		['type=image,src=busybox,dst=/b', {type: 'image', source: 'busybox', readOnly: true}],
		['type=bind,src=/a=b,dst=/b', {source: '/a=b', options: ['rbind']}],
	])('%s', (text, expected) => expect(parseMount(text)).toEqual(mount(expected)));

	test.each<[string, string]>([
		['type=bind,src=/a', 'a target is required'],
		['type=bind,src=/a,dst=b', 'expected an absolute path'],
		['type=bind,dst=/b', 'type=bind requires a source'],
		['type=image,dst=/b', 'type=image requires a source'],
		['type=tmpfs,src=x,dst=/b', 'type=tmpfs has no source'],
		['type=npipe,src=/a,dst=/b', 'invalid mount type "npipe"'],
		['type=bind,src=/a,dst', 'must be a key=value pair'],
		['type=bind,src=/a,dst=/b,ro=maybe', 'neither true nor false'],
		['type=bind,src=/a,dst=/b,bind-propagation=wide', 'invalid propagation'],
		['type=bind,src=/a,dst=/b,bind-recursive=maybe', 'invalid value for bind-recursive'],
		['type=bind,src=/a,dst=/b,bind-recursive=writable', 'requires readonly'],
		['type=bind,src=/a,dst=/b,ro,bind-recursive=readonly', 'requires bind-propagation=rprivate'],
		['type=volume,src=data,dst=/b,bind-recursive=disabled', 'only supported for bind mounts'],
		['type=volume,src=data,dst=/b,bind-propagation=shared', 'only supported for bind mounts'],
		['type=volume,src=data,dst=/b,volume-nocopy=true', 'volume-nocopy is not supported'],
		['type=image,src=x,dst=/b,image-subpath=y', 'image-subpath is not supported'],
		['type=tmpfs,dst=/b,tmpfs-mode=999', 'invalid value for tmpfs-mode'],
		['type=tmpfs,dst=/b,tmpfs-size=much', 'invalid value for tmpfs-size'],
		['type=bind,src=/a,dst=/b,color=red', 'unexpected key "color"'],
		['', 'unexpected key ""'],
	])('%j is refused', (text, message) => expect(() => parseMount(text)).toThrow(message));
});
