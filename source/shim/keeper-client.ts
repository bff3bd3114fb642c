import {closeSync, constants, openSync, readFileSync, readlinkSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {processStart} from '../clients/host/process-start.ts';

/** The shell that holds a container's streams. */
export type KeeperClient = {
	readonly id: string;
	/** Of the container. */
	readonly stateDir: string;
	/** The shell's working directory, which is the bundle, or in a pod the sandbox's. */
	readonly bundle: string;
	/** Opens one of its descriptors for reading. Throws what open(2) says. */
	open(fd: 3 | 4): number;
	/** containerd's shim waits for a byte before it lets the container run. */
	tellReady(): void;
	/** All is written: it may end. */
	dismiss(): void;
	/** It shall write the log by itself. */
	refuse(): void;
};

/** Undefined when it is no such shell: a pid from before the last boot may be anybody's. */
export const readClient = (pid: number): KeeperClient | undefined => {
	try {
		const start = processStart(pid);
		const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
		const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
		const valueOf = (name: string): string | undefined => variables.find(each => each.startsWith(`${name}=`))?.slice(name.length + 1);
		const [id, namespace, dataStore] = [valueOf('CONTAINER_ID'), valueOf('CONTAINER_NAMESPACE'), words[words.indexOf('log') + 1]];
		if (start === undefined || !id || !namespace || !dataStore || !words.includes('log')) return undefined;
		const signal = (name: NodeJS.Signals): void => {
			try {
				if (processStart(pid) === start) process.kill(pid, name);
			} catch {
				// It has gone by itself.
			}
		};
		return {
			...{id, stateDir: join(dataStore, 'containers', namespace, id), bundle: readlinkSync(`/proc/${pid}/cwd`)},
			open: fd => openSync(`/proc/${pid}/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK),
			tellReady() {
				try {
					const fd = openSync(`/proc/${pid}/fd/5`, constants.O_WRONLY | constants.O_NONBLOCK);
					writeSync(fd, '\0');
					closeSync(fd);
				} catch {
					// Nobody waits: it was told by a keeper before us.
				}
			},
			dismiss: () => signal('SIGUSR1'),
			refuse: () => signal('SIGUSR2'),
		};
	} catch {
		return undefined;
	}
};
