import {describe, expect, test} from 'vitest';
import type {CacheRecord} from '../../source/model/build.ts';
import {prunedBy} from '../../source/model/build-cache.ts';

const record = (id: string, more: Partial<CacheRecord> = {}): CacheRecord => ({
	...{id, parents: [], description: '', type: 'regular', isMutable: false, isInUse: false, isShared: false, bytes: 1, createdAt: 1000, lastUsedAt: undefined, usageCount: 1},
	...more,
});

const limits = {all: false, filters: [], keepMs: 0};

describe('what a prune of the build cache would take', () => {
	const chain = [record('base'), record('middle', {parents: ['base']}), record('leaf', {parents: ['middle']})];

	test.each<[string, readonly CacheRecord[], Partial<Parameters<typeof prunedBy>[1]>, readonly string[]]>([
		['a chain of which nothing is held', chain, {}, ['base', 'middle', 'leaf']],
		['nothing that a record in use was made from', [...chain, record('used', {parents: ['middle'], isInUse: true})], {}, ['leaf']],
		['what is shared only when all is asked for', [record('a', {isShared: true}), record('b', {type: 'frontend'}), record('c')], {}, ['c']],
		['all of it', [record('a', {isShared: true}), record('b', {type: 'frontend'}), record('c', {isInUse: true})], {all: true}, ['a', 'b']],
		['what was not used for so long', [record('old'), record('new', {lastUsedAt: 9500}), record('reused', {createdAt: 1, lastUsedAt: 9900})], {keepMs: 1000}, ['old']],
		['one type', [record('a', {type: 'source.local'}), record('b')], {filters: ['type==source.local']}, ['a']],
		['one of two filters, each whole', [record('a', {type: 'x', description: 'npm ci'}), record('b', {type: 'x'}), record('c', {type: 'y'})], {filters: ['type==x,description~=npm', 'id==c']}, ['a', 'c']],
		['nothing by a filter that is not understood', [record('a')], {filters: ['mutable']}, []],
	])('%s', (_what, records, more, ids) => {
		expect(prunedBy(records, {...limits, ...more}, 10_000).map(({id}) => id)).toEqual(ids);
	});

	test('parents that are not listed, and a ring of them, hold nobody up', () => {
		expect(prunedBy([record('a', {parents: ['gone', 'b']}), record('b', {parents: ['a']})], limits, 10_000)).toHaveLength(2);
	});
});
