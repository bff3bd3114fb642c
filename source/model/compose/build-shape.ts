import {boolean, bytes, list, map, nullable, object, string, text, type ScalarShape} from './shape.ts';
import {extraHosts, fileMounts, keyed, labels, ssh, stringOrList, strings, ulimits} from './shared-shapes.ts';
import {assigned, keyValue, under} from './short-syntax.ts';

const context: ScalarShape = {...string, path: 'context'};

export const buildShape = object(
	{
		additional_contexts: map(context, {fromList: assigned}),
		args: map(nullable(text), {fromList: keyValue, nullHolds: true}),
		cache_from: strings,
		cache_to: strings,
		context,
		dockerfile: string,
		dockerfile_inline: string,
		entitlements: strings,
		extra_hosts: extraHosts,
		isolation: string,
		labels,
		network: string,
		no_cache: boolean,
		no_cache_filter: stringOrList,
		platforms: list(string, {key: keyed('')}),
		privileged: boolean,
		provenance: text,
		pull: boolean,
		sbom: text,
		secrets: fileMounts('/run/secrets'),
		shm_size: bytes,
		ssh,
		tags: list(string, {key: keyed('')}),
		target: string,
		ulimits,
	},
	{fromScalar: under('context')},
);
