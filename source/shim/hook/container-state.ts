import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {cniIdOf} from '../../clients/cni/identity.ts';
import type {Endpoint} from '../../clients/cni/index.ts';
import {Failure} from '../../errors.ts';
import {portMappings} from '../../model/docker-ports.ts';
import {extraHostsOf, type HostsAliases} from '../../model/hosts-file.ts';
import {labels} from '../../model/labels.ts';
import {type NetworkMode, networkModeOf} from '../../model/network-mode.ts';

export type HookPaths = {
	readonly dataStore: string;
	readonly cniPath: string;
	readonly netconfPath: string;
	/** What the hook is started with, which plugins inherit. */
	readonly env: NodeJS.ProcessEnv;
};

/** What runc says of a container on a hook's stdin, in our words. */
export type HookContainer = Endpoint & {
	readonly id: string;
	readonly namespace: string;
	readonly name: string;
	readonly pid: number;
	readonly stateDir: string;
	readonly mode: NetworkMode;
	readonly domainname: string;
	readonly extraHosts: Readonly<Record<string, string>>;
	readonly aliases: HostsAliases;
	/** A network namespace besides that of the process. */
	readonly netns: string;
	readonly pidFile: string;
};

const json = (text: string | undefined, otherwise: unknown): unknown => {
	try {
		return JSON.parse(text ?? '') ?? otherwise;
	} catch {
		return otherwise;
	}
};

const textOr = (path: string): string | undefined => {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		// A container without ports has no such file.
		return undefined;
	}
};

const required = (annotations: Readonly<Record<string, string>>, name: string): string => {
	const value = annotations[name];
	if (value === undefined || value === '') throw new Failure('invalid', `the spec has no annotation ${name}`);
	return value;
};

/** From the OCI state; the annotations in it are nerdctl's labels, as they were when the task was created. */
export const readContainerState = (stdin: string): HookContainer => {
	const state = json(stdin, {}) as {readonly id?: string; readonly pid?: number; readonly annotations?: Readonly<Record<string, string>>};
	const annotations = state.annotations ?? {};
	const id = state.id ?? '';
	if (id === '') throw new Failure('invalid', 'the state on stdin has no id');
	const namespace = required(annotations, labels.namespace);
	const stateDir = required(annotations, labels.stateDir);
	const mode = networkModeOf(annotations[labels.networks]);
	if (mode === undefined) throw new Failure('invalid', `the annotation ${labels.networks} is no list of networks`);
	const extraHosts = json(annotations['nerdctl/extraHosts'], []);
	return {
		...{id, namespace, stateDir, mode},
		name: annotations[labels.name] ?? '',
		pid: state.pid ?? 0,
		cniId: cniIdOf({namespace, id}),
		hostname: annotations[labels.hostname] ?? '',
		domainname: annotations['nerdctl/domainname'] ?? '',
		extraHosts: Array.isArray(extraHosts) ? extraHostsOf(extraHosts.map(String)) : {},
		aliases: json(annotations[labels.networkAliases], {}) as HostsAliases,
		ports: portMappings(textOr(join(stateDir, 'network-config.json')), annotations),
		ip: annotations['nerdctl/ip'] ?? '',
		ip6: annotations['nerdctl/ip6'] ?? '',
		mac: annotations['nerdctl/mac-address'] ?? '',
		addresses: json(annotations[labels.networkAddresses], {}) as Endpoint['addresses'],
		netns: annotations['nerdctl/network-namespace'] ?? '',
		pidFile: annotations[labels.pidFile] ?? '',
	};
};
