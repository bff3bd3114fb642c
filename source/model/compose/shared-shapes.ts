import {boolean, integer, list, map, object, type Shape, string, text} from './shape.ts';
import {alone, assigned, bare, extraHost, labelled, sshKey, under} from './short-syntax.ts';
import {child, textOf, type Value} from './value.ts';

export const names = /^[a-zA-Z0-9._-]+$/;

/** The key of list entries: themselves, or one of their parts. */
export const keyed =
	(part: string) =>
	(item: Value): string =>
		(part === '' || item.kind === 'scalar' ? textOf(item) : textOf(child(item, part))) ?? '';

export const strings = list(string);

export const stringOrList = list(string, {fromScalar: alone, key: keyed('')});

export const labels = map(text, {fromList: labelled, nullIsEmpty: true});

/** Maps in which a name without a value makes no sense. */
export const scalars = map(text, {fromList: assigned});

export const extraHosts = map(list(string, {fromScalar: alone, each: bare, key: keyed('')}), {fromList: extraHost, collects: true});

export const ssh = map({...string, isNullable: true, path: 'file'}, {fromList: sshKey});

export const ulimits = map({
	kind: 'either',
	scalar: integer,
	object: object({soft: integer, hard: integer}, {required: ['soft', 'hard']}),
});

/** Secrets and configs: two that land on the same path are one. */
export const fileMounts = (folder: string) =>
	list(object({source: string, target: string, uid: string, gid: string, mode: integer}, {required: ['source'], fromScalar: under('source')}), {
		key: item => textOf(child(item, 'target')) ?? `${folder}/${textOf(child(item, 'source'))}`,
	});

/** `external: true`, or with the name that others gave it. */
export const external: Shape = {kind: 'either', scalar: boolean, object: object({name: string})};
