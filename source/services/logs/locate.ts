import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {listLogNames, statLog} from '../../clients/host/index.ts';
import type {Host} from '../../clients/host/index.ts';
import type {Container, ContainerRecord} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';
import type {LogSource} from '../../model/log-source.ts';
import {readLogConfig} from './log-config.ts';

export type LocateDependencies = {readonly host: Pick<Host, 'stateDir'>; readonly podLogs: string; readonly dockerRoot: string};

const none = (reason: string, hint?: string): LogSource => (hint === undefined ? {kind: 'none', reason} : {kind: 'none', reason, hint});

/** The CRI plugin keeps its metadata as JSON in an extension. Source: containerd `internal/cri/store/container/metadata.go`. */
const metadataLogPath = (container: Container | ContainerRecord): string | undefined => {
	const bytes = 'extensions' in container ? container.extensions['io.cri-containerd.container.metadata']?.value : undefined;
	if (bytes === undefined) return undefined;
	try {
		const path = (JSON.parse(Buffer.from(bytes).toString('utf8')) as {Metadata?: {LogPath?: unknown}}).Metadata?.LogPath;
		return typeof path === 'string' && path !== '' ? path : undefined;
	} catch {
		return undefined;
	}
};

const isName = (text: string | undefined): text is string => text !== undefined && text !== '' && text !== '..' && !text.includes('/');

const locateCri = async (container: Container | ContainerRecord, podLogs: string): Promise<LogSource> => {
	if (container.labels[labels.criKind] === 'sandbox') return none('This is a pod sandbox: its pause process writes no log', 'select a container of the pod');
	const known = metadataLogPath(container);
	if (known !== undefined) return {kind: 'cri', path: known};
	const [namespace, pod, uid, name] = [labels.podNamespace, labels.podName, labels.podUid, labels.podContainer].map(label => container.labels[label]);
	if (!isName(namespace) || !isName(pod) || !isName(uid) || !isName(name)) return none('The pod of this container is not known, so its log file is not known either');
	const directory = join(podLogs, `${namespace}_${pod}_${uid}`, name);
	const starts = (await listLogNames(directory)).filter(file => /^\d+\.log$/.test(file)).map(file => Number.parseInt(file, 10));
	return {kind: 'cri', path: join(directory, `${starts.length === 0 ? 0 : Math.max(...starts)}.log`)};
};

const viewers: Readonly<Record<string, (id: string) => LogSource>> = {
	journald: id => none('Its output goes to journald', `read it with: journalctl SYSLOG_IDENTIFIER=${id.slice(0, 12)}`),
	syslog: () => none('Its output goes to a syslog server', 'read it there, or run the container with --log-driver json-file'),
	fluentd: () => none('Its output goes to fluentd', 'read it there, or run the container with --log-driver json-file'),
	none: () => none('It was started with --log-driver none: its output is thrown away', 'run it with --log-driver json-file'),
};

const locateUri = (uri: string): LogSource => {
	if (uri.startsWith('file:')) {
		try {
			return {kind: 'raw', path: fileURLToPath(uri)};
		} catch {
			return none(`Its log address ${uri} names no file of this machine`);
		}
	}
	if (uri === '') return none('Nobody keeps its output: it was started without a log', 'run it detached with Gantry or nerdctl to have one');
	if (uri === '/dev/null' || uri === 'null') return none('Its output is thrown away');
	if (/^binary(?:-v2)?:/.test(uri)) return none('Its output goes to a log program that keeps it elsewhere', `the program is ${uri.replace(/\?.*$/s, '')}`);
	if (uri.startsWith('/')) return none('Its output goes to the program that started it, through a FIFO, and nobody keeps it', 'look where it was started, or run it detached with Gantry or nerdctl');
	return none(`Its output goes to ${uri}, which can't be read from here`);
};

/** Where a container's output is, by whoever made it. The answer says nothing about whether the file exists now. */
export const locate = async ({host, podLogs, dockerRoot}: LocateDependencies, container: Container | ContainerRecord): Promise<LogSource> => {
	const {id, namespace, labels: own} = container;
	if (own[labels.criKind] !== undefined) return locateCri(container, podLogs);
	if (namespace === 'moby') {
		const path = join(dockerRoot, 'containers', id, `${id}-json.log`);
		return (await statLog(path)) === undefined ? none('dockerd keeps the log of this container', `read it with: docker logs ${id.slice(0, 12)}`) : {kind: 'json-file', path};
	}
	const stateDir = own[labels.stateDir] || host.stateDir({namespace, id});
	const config = await readLogConfig(own[labels.logConfig], stateDir);
	if (config?.driver === 'json-file') return {kind: 'json-file', path: config.path ?? join(stateDir, `${id}-json.log`)};
	const viewer = config === undefined ? undefined : viewers[config.driver];
	if (viewer !== undefined) return viewer(id);
	const uri = own[labels.logUri] || own[labels.restartLogUri] || container.task?.stdout || '';
	if (uri.startsWith('file:')) return locateUri(uri);
	// nerdctl before 2.0 wrote the file and no label.
	const path = join(stateDir, `${id}-json.log`);
	return (await statLog(path)) === undefined ? locateUri(config?.driver.includes(':') ? config.driver : uri) : {kind: 'json-file', path};
};
