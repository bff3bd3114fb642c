import {realpathSync} from 'node:fs';
import {hostname, networkInterfaces} from 'node:os';
import {dirname, join} from 'node:path';
import process from 'node:process';
import {runcOptions} from '../clients/containerd/runc-options.ts';
import type {Containerd} from '../clients/containerd/types.ts';
import {type Host, specParts} from '../clients/host/index.ts';
import {findProgram} from '../clients/host/find-program.ts';
import {installShim, logUri} from '../clients/host/install-shim.ts';
import {textOr} from '../clients/host/text-or.ts';
import {createContainerFiles} from '../clients/host/new-container.ts';
import {asksSystemdResolved, systemdResolvConf} from '../model/resolv-conf.ts';
import type {ContainerDefaults, Making, MachineNames} from '../services/containers/index.ts';
import type {ImagesService} from '../services/images/types.ts';
import {networkHooks} from '../services/networks/index.ts';

export type MakingParts = {
	readonly containerd: Pick<Containerd, 'address' | 'leases' | 'plugins'>;
	readonly host: Pick<Host, 'dataStore' | 'stateDir'>;
	readonly images: Pick<ImagesService, 'ensure'>;
	readonly networks: Making['networks'];
	readonly volumes: Making['volumes'];
	readonly layers: Making['layers'];
	readonly dataRoot: string;
	readonly cniPath: string;
	readonly cniNetconfPath: string;
	readonly defaults: ContainerDefaults;
	/** What `host-gateway` stands for; else the machine's first address. */
	readonly hostGatewayIp?: string;
	/** The log driver as it was built. */
	readonly shimBundle: string;
	/** This program, to be started again when a container that nobody waits for has ended. */
	readonly program: readonly [string, ...string[]];
};

const ownAddress = (): string =>
	Object.values(networkInterfaces())
		.flatMap(addresses => addresses ?? [])
		.find(({internal, family}) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';

const machineNames = (address: string | undefined): MachineNames => {
	const resolvConf = textOr('/etc/resolv.conf', '');
	// Its own address is dear to ask for, and hardly ever wanted.
	return {hostname: hostname(), address: () => address ?? ownAddress(), resolvConf: asksSystemdResolved(resolvConf) ? textOr(systemdResolvConf, '') : resolvConf, hosts: textOr('/etc/hosts', '')};
};

/** The log driver lies beside the program, which is where this process was started from. */
export const ownProgram = (): Pick<MakingParts, 'shimBundle' | 'program'> => {
	const script = realpathSync(process.argv[1] ?? '');
	return {shimBundle: join(dirname(script), 'gantry-shim'), program: [process.execPath, script]};
};

/** What the containers service makes containers with. */
export const openMaking = (parts: MakingParts): Making => {
	const {containerd, host, images, networks, volumes, layers, dataRoot, cniPath, cniNetconfPath, defaults, hostGatewayIp, shimBundle, program} = parts;
	const {address} = containerd;
	return {
		...{images, networks, volumes, layers, specParts, address},
		leases: containerd.leases,
		plugins: containerd.plugins,
		files: createContainerFiles({address, dataRoot}),
		findProgram,
		machine: async () => machineNames(hostGatewayIp),
		defaults,
		shim: async () => {
			const path = await installShim(shimBundle, dataRoot);
			return {path, logUri: logUri(path, host.dataStore())};
		},
		hooks: (shimPath, ref) => networkHooks({shimPath, dataStore: host.dataStore(), cniPath, cniNetconfPath, stateDir: host.stateDir(ref)}),
		removal: ({namespace, id}) => [...program, '--address', address, '--data-root', dataRoot, '--namespace', namespace, 'rm', '--force', '--volumes', id],
		runtimeOptions: runcOptions,
	};
};
