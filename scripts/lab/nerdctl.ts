import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {labels as names} from '../../source/model/labels.ts';
import {architecture} from './image.ts';

export type NerdctlContainer = {
	readonly namespace: string;
	readonly id: string;
	readonly name: string;
	readonly hostname: string;
	readonly dataStore: string;
	/** The daemon's socket, as nerdctl writes it into log-config.json. */
	readonly address: string;
	readonly logUri: string;
	readonly logDriver: 'json-file' | 'none' | undefined;
	readonly logOptions: Readonly<Record<string, string>>;
};

export const stateDirOf = ({dataStore, namespace, id}: Pick<NerdctlContainer, 'dataStore' | 'namespace' | 'id'>): string =>
	join(dataStore, 'containers', namespace, id);

const logConfig = (container: NerdctlContainer): string =>
	JSON.stringify({driver: container.logDriver, opts: container.logOptions, address: container.address});

/** What nerdctl puts on a container that it makes; the same go into the spec's annotations, where its hook and its `rm` read them. */
export const nerdctlLabels = (container: NerdctlContainer): Readonly<Record<string, string>> => ({
	[names.namespace]: container.namespace,
	[names.name]: container.name,
	[names.hostname]: container.hostname,
	[names.stateDir]: stateDirOf(container),
	[names.networks]: '["none"]',
	[names.platform]: `linux/${architecture}`,
	[names.autoRemove]: 'false',
	'nerdctl/extraHosts': '[]',
	'nerdctl/host-config': '{"BlkioWeight":0,"CidFile":"","Devices":null}',
	'nerdctl/dns': '{"DNSServers":null,"DNSResolvConfOptions":null,"DNSSearchDomains":null}',
	[names.ipc]: '{"mode":"private"}',
	[names.anonymousVolumes]: '[]',
	[names.logUri]: container.logUri,
	...(container.logDriver === undefined ? {} : {[names.logConfig]: logConfig(container)}),
});

/** The state directory, the name store and the hosts store, laid out as nerdctl expects to find them. */
export const writeStateDir = (container: NerdctlContainer): void => {
	const stateDir = stateDirOf(container);
	const nameStore = join(container.dataStore, 'names', container.namespace);
	const hosts = join(container.dataStore, 'etchosts', container.namespace, container.id);
	for (const folder of [stateDir, nameStore, hosts]) mkdirSync(folder, {recursive: true, mode: 0o700});
	writeFileSync(join(nameStore, container.name), container.id, {mode: 0o600, flag: 'wx'});
	writeFileSync(join(stateDir, 'hostname'), `${container.hostname}\n`);
	writeFileSync(join(stateDir, 'resolv.conf'), '');
	writeFileSync(join(hosts, 'hosts'), '');
	const meta = {ID: container.id, Networks: {}, Hostname: container.hostname, ExtraHosts: {}, Name: container.name, Domainname: ''};
	writeFileSync(join(hosts, 'meta.json'), JSON.stringify(meta), {mode: 0o600});
	if (container.logDriver === undefined) return;
	writeFileSync(join(stateDir, 'log-config.json'), logConfig(container), {mode: 0o600});
	if (container.logDriver === 'json-file') writeFileSync(join(stateDir, `${container.id}-json.log`), '', {mode: 0o600});
};

/** nerdctl's hook writes it at every start; our bench has no hook. */
export const writeLifecycle = (container: NerdctlContainer): void =>
	writeFileSync(join(stateDirOf(container), 'lifecycle.json'), JSON.stringify({started_at: new Date().toISOString(), create_error: false}), {mode: 0o600});
