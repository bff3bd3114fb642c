import {describe, expect, test} from 'vitest';
import {messageOf} from '../../source/errors.ts';
import type {MountRequest} from '../../source/model/create-request.ts';
import {imageVolumeTarget, planMount, planMounts, pointOf, rootPropagation, sortMounts} from '../../source/model/mount-plan.ts';

const request = (changes: Partial<MountRequest> = {}): MountRequest => ({type: 'bind', source: '/src', target: '/dst', readOnly: false, makeSource: true, options: [], ...changes});

const refusal = (run: () => unknown): string => {
	try {
		run();
	} catch (error) {
		return messageOf(error);
	}
	return 'nothing';
};

describe('a mount', () => {
	test.each<[string, Partial<MountRequest>, readonly string[], string]>([
		['a bind is private unless said', {}, ['rbind', 'rprivate'], ''],
		['read only', {readOnly: true}, ['rbind', 'ro', 'rprivate'], 'ro'],
		['recursively read only', {options: ['rro', 'rprivate']}, ['rbind', 'rro', 'rprivate'], 'rro,rprivate'],
		['rro wins over ro', {readOnly: true, options: ['rro']}, ['rbind', 'rro', 'rprivate'], 'rro'],
		['not recursive', {options: ['bind', 'rslave']}, ['bind', 'rslave'], 'bind,rslave'],
		['shared', {options: ['shared']}, ['rbind', 'shared'], 'shared'],
		['a volume has no propagation', {type: 'volume', source: 'data'}, ['rbind'], ''],
		['rw is what it is anyway', {type: 'volume', source: 'data', options: ['rw']}, ['rbind'], ''],
		['labels of SELinux are kept in the mode', {options: ['z']}, ['rbind', 'rprivate'], 'z'],
		['an image is read only', {type: 'image', source: 'app:1'}, ['rbind', 'ro'], 'ro'],
		['a tmpfs', {type: 'tmpfs', source: ''}, ['noexec', 'nosuid', 'nodev'], 'noexec,nosuid,nodev'],
		['a tmpfs that may execute', {type: 'tmpfs', source: '', options: ['exec', 'size=64m']}, ['nosuid', 'nodev', 'exec', 'size=64m'], 'nosuid,nodev,exec,size=64m'],
		['the later size holds', {type: 'tmpfs', source: '', options: ['size=1m', 'mode=1770', 'size=2m']}, ['noexec', 'nosuid', 'nodev', 'mode=1770', 'size=2m'], 'noexec,nosuid,nodev,mode=1770,size=2m'],
		['a tmpfs to read', {type: 'tmpfs', source: '', readOnly: true, options: ['rw']}, ['noexec', 'nosuid', 'nodev', 'ro'], 'noexec,nosuid,nodev,ro'],
	])('%s', (_, changes, options, mode) => {
		expect(planMount(request(changes))).toMatchObject({target: '/dst', options, mode});
	});

	test.each<[string, Partial<MountRequest>, RegExp]>([
		['relative', {target: 'data'}, /not absolute/],
		['the root', {target: '/x/..'}, /root of a container/],
		['two propagations', {options: ['shared', 'slave']}, /more than one propagation option: shared, slave/],
		['two modes', {options: ['ro', 'rw']}, /more than one read\/write option/],
		['an unknown option', {options: ['cached']}, /unknown mount option "cached"/],
		['a shared volume', {type: 'volume', options: ['rshared']}, /bind mount only/],
		['a bound volume', {type: 'volume', options: ['bind']}, /bind mount only/],
		['a tmpfs with a typing error', {type: 'tmpfs', options: ['sise=1m']}, /invalid tmpfs option "sise=1m"/],
	])('%s is refused', (_, changes, message) => {
		expect(refusal(() => planMount(request(changes)))).toMatch(message);
	});

	test('paths are cleaned, and two on one path are refused', () => {
		expect(planMount(request({target: '//a/./b/'})).target).toBe('/a/b');
		expect(refusal(() => planMounts([request({target: '/a'}), request({type: 'tmpfs', target: '/a/'})]))).toBe('duplicate mount point: /a');
	});
});

test.each([
	['/data/', '/data'],
	['/var//lib/./db', '/var/lib/db'],
])('an image declares a volume at %s', (path, target) => {
	expect(imageVolumeTarget(path)).toBe(target);
});

test.each(['/', '/dev', '/sys/', '/proc', 'data'])('an image may not declare a volume at %s', path => {
	expect(() => imageVolumeTarget(path)).toThrow();
});

test('a point says what nerdctl says', () => {
	const volume = planMount(request({type: 'volume', source: 'data', readOnly: true}));
	expect(pointOf(volume, '/store/data/_data', 'data')).toEqual({Type: 'volume', Name: 'data', Source: '/store/data/_data', Destination: '/dst', Driver: 'local', Mode: 'ro', RW: false, Propagation: ''});
	expect(pointOf(planMount(request({options: ['rslave']})), '/src', '')).toMatchObject({Type: 'bind', Driver: '', RW: true, Propagation: 'rslave'});
});

test('parents are mounted before what is inside them', () => {
	const mounts = ['/a/b/c', '/z', '/a', '/a/b'].map(destination => ({destination}));
	expect(sortMounts(mounts).map(({destination}) => destination)).toEqual(['/z', '/a', '/a/b', '/a/b/c']);
});

test.each([
	[[], undefined],
	[['private', ''], undefined],
	[['slave'], 'rslave'],
	[['rslave', 'shared'], 'shared'],
] as const)('%j need %s of the root', (propagations, needed) => {
	expect(rootPropagation(propagations)).toBe(needed);
});
