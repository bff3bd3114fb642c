import type {CreateRequest, HealthRequest} from './create-request.ts';
import type {MountPoint} from './docker-labels.ts';
import {labels} from './labels.ts';
import {mountLabels} from './mount-labels.ts';
import {type ImageConfig, type ImageHealthcheck, stopSignalOf} from './oci/index.ts';

/** All that the labels of a new container tell, found and chosen. */
export type LabelInput = {
	readonly request: CreateRequest;
	readonly image: ImageConfig | undefined;
	readonly name: string;
	readonly hostname: string;
	readonly stateDir: string;
	/** As nerdctl words them, targets by id: `bridge`, `host`, `container:<id>` … */
	readonly networks: readonly string[];
	/** `linux/amd64`. */
	readonly platform: string;
	readonly logUri: string;
	/** The text of `log-config.json`. */
	readonly logConfig: string;
	/** `host:ip`, every ip an address. */
	readonly extraHosts: readonly string[];
	readonly mountPoints: readonly MountPoint[];
	readonly anonymousVolumes: readonly string[];
	readonly imageViews: readonly string[];
	/** The container whose process ids it shares. */
	readonly pidContainer: string | undefined;
	readonly ipc: IpcLabel;
};

/** nerdctl's pkg/ipcutil. */
export type IpcLabel = {
	readonly mode: 'private' | 'host' | 'shareable' | 'container';
	readonly victimContainerId?: string;
	readonly hostShmPath?: string;
	/** As people write sizes, or a number of bytes. */
	readonly shmSize?: string;
};

type Labels = Readonly<Record<string, string>>;

const given = (key: string, value: string | undefined): Labels => (value === undefined || value === '' ? {} : {[key]: value});

const list = (key: string, values: readonly string[]): Labels => (values.length === 0 ? {} : {[key]: JSON.stringify(values)});

/** containerd's own labels and the kubelet's say something of the image that is not true of a container. */
const imageLabels = (image: ImageConfig | undefined): Labels =>
	Object.fromEntries(Object.entries(image?.Labels ?? {}).filter(([key]) => !/^(?:containerd\.io\/|io\.cri-containerd)/.test(key)));

const millisecond = 1_000_000;

const healthDefaults = {Interval: 30_000 * millisecond, Timeout: 30_000 * millisecond, Retries: 3};

const imageHealth = (image: ImageConfig | undefined): Partial<ImageHealthcheck> => {
	try {
		// nerdctl's own builds put it into a label; images of docker have it in their config.
		return JSON.parse(image?.Labels['nerdctl/healthcheck'] ?? '') as Partial<ImageHealthcheck>;
	} catch {
		return image?.Healthcheck ?? {};
	}
};

const nanoseconds = (milliseconds: number | undefined): number | undefined => (milliseconds === undefined ? undefined : milliseconds * millisecond);

/** Undefined: the container has no health. */
export const healthLabel = (wanted: HealthRequest | 'none' | undefined, image: ImageConfig | undefined): string | undefined => {
	if (wanted === 'none') return JSON.stringify({Test: ['NONE']});
	const base = imageHealth(image);
	const test = wanted?.command === undefined ? (base.Test ?? []) : ['CMD-SHELL', wanted.command];
	if (test.length === 0) return undefined;
	if (test[0] === 'NONE') return JSON.stringify({Test: test});
	const startPeriod = nanoseconds(wanted?.startPeriodMs) ?? base.StartPeriod;
	return JSON.stringify({
		Test: test,
		Interval: nanoseconds(wanted?.intervalMs) || base.Interval || healthDefaults.Interval,
		Timeout: nanoseconds(wanted?.timeoutMs) || base.Timeout || healthDefaults.Timeout,
		Retries: wanted?.retries || base.Retries || healthDefaults.Retries,
		...(startPeriod ? {StartPeriod: startPeriod} : {}),
	});
};

const orNull = (values: readonly string[]): readonly string[] | null => (values.length === 0 ? null : values);

const hostConfig = ({resources, cidFile}: CreateRequest): string =>
	JSON.stringify({
		BlkioWeight: resources.blkioWeight ?? 0,
		CidFile: cidFile ?? '',
		Devices: orNull(resources.devices) === null ? null : resources.devices.map(deviceMapping),
	});

const deviceMapping = (device: string): object => {
	const [host = '', second = '', third] = device.split(':');
	const isAccess = third === undefined && /^[rwm]+$/.test(second);
	return {PathOnHost: host, PathInContainer: isAccess || second === '' ? host : second, CgroupPermissions: third ?? (isAccess ? second : 'rwm')};
};

const dns = ({network}: CreateRequest): string =>
	JSON.stringify({
		DNSServers: orNull(network.dns),
		DNSResolvConfOptions: orNull(network.dnsOptions),
		DNSSearchDomains: orNull(network.dnsSearch),
	});

const exposedPorts = ({network}: CreateRequest, image: ImageConfig | undefined): readonly string[] => [
	...new Set([...(image?.ExposedPorts ?? []), ...network.exposed.map(port => (port.includes('/') ? port : `${port}/tcp`))]),
];

const restartPolicy = ({restart}: CreateRequest): string =>
	restart.kind === 'on-failure' && restart.retries > 0 ? `on-failure:${restart.retries}` : restart.kind;

/** containerd's restart monitor reads them. What it acts upon, `restart.status`, is set only when the container runs for the first time. */
const restartLabels = (request: CreateRequest, logUri: string): Labels =>
	request.restart.kind === 'no' ? {} : {[labels.restartPolicy]: restartPolicy(request), [labels.restartLogUri]: logUri};

/**
The labels of a container as nerdctl's `create` makes them: the image's, the user's, then its own, which win. Those with `nerdctl/` are
also the spec's annotations, where the hooks read them (`annotationsOf`).
*/
export const containerLabels = (input: LabelInput): Labels => {
	const {request, image} = input;
	const {network, process} = request;
	const exposed = exposedPorts(request, image);
	return {
		...imageLabels(image),
		...request.labels,
		[labels.namespace]: request.namespace,
		[labels.name]: input.name,
		[labels.hostname]: input.hostname,
		'nerdctl/domainname': process.domainname ?? '',
		'nerdctl/extraHosts': JSON.stringify(input.extraHosts),
		[labels.stateDir]: input.stateDir,
		[labels.networks]: JSON.stringify(input.networks),
		[labels.platform]: input.platform,
		[labels.logUri]: input.logUri,
		[labels.logConfig]: input.logConfig,
		...list(labels.anonymousVolumes, input.anonymousVolumes),
		...list('nerdctl/image-mount-snapshots', input.imageViews),
		...mountLabels(input.mountPoints),
		...given(labels.pidFile, request.pidFile),
		...given('nerdctl/ip', network.ip),
		...given('nerdctl/ip6', network.ip6),
		...given('nerdctl/mac-address', network.macAddress),
		...(Object.keys(network.aliases).length === 0 ? {} : {[labels.networkAliases]: JSON.stringify(network.aliases)}),
		...(exposed.length === 0 ? {} : {'nerdctl/exposed-ports': JSON.stringify(Object.fromEntries(exposed.map(port => [port, {}])))}),
		...given('nerdctl/pid-container', input.pidContainer),
		[labels.ipc]: JSON.stringify(input.ipc),
		[labels.autoRemove]: String(request.autoRemove),
		...(request.security.privileged ? {'nerdctl/privileged': 'true'} : {}),
		'nerdctl/host-config': hostConfig(request),
		'nerdctl/dns': dns(request),
		...given('nerdctl/user', process.user ?? image?.User),
		...given('nerdctl/healthcheck', healthLabel(request.health, image)),
		...given(labels.stopTimeout, request.stopTimeoutSeconds === undefined ? undefined : String(request.stopTimeoutSeconds)),
		[labels.stopSignal]: stopSignalOf(request, image),
		...restartLabels(request, input.logUri),
	};
};

/** What the hooks are told of the labels. */
export const annotationsOf = (all: Labels): Labels =>
	Object.fromEntries(Object.entries(all).filter(([key]) => key.includes('nerdctl/') || key === labels.networkAliases));
