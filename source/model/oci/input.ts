import type {CreateRequest} from '../create-request.ts';
import type {UserIds} from '../passwd.ts';
import type {ImageConfig} from './image-config.ts';
import type {OciDevice, OciHooks, OciMount} from './types.ts';

/** A request with everything found that its words stand for. */
export type SpecInput = {
	readonly request: CreateRequest;
	readonly id: string;
	/** Undefined with `--rootfs`. */
	readonly image: ImageConfig | undefined;
	/** Empty: none is set, as with the host's UTS namespace. */
	readonly hostname: string;
	readonly user: UserIds;
	/** Volumes, binds and tmpfs, in the order asked; those that the image's volumes want come last. */
	readonly mounts: readonly OciMount[];
	/** `/etc/resolv.conf`, `/etc/hosts`, `/etc/hostname`. One that `mounts` covers is left out. */
	readonly files: readonly OciMount[];
	/** What a mount that shares with this machine needs of the root's own propagation. */
	readonly rootfsPropagation?: 'shared' | 'rslave' | undefined;
	readonly namespaces: NamespacePlan;
	/** The directory that stands for `/dev/shm` when its memory is shared with other containers. */
	readonly sharedShm?: string;
	/** Where the init program is on this machine. */
	readonly initPath?: string;
	/** What `--device` names. */
	readonly devices: readonly RequestedDevice[];
	/** The devices of this machine, which a privileged container gets. */
	readonly hostDevices: readonly OciDevice[];
	/** Major and minor numbers of the paths in `request.resources.blkioDevices`. */
	readonly blockDevices: Readonly<Record<string, {readonly major: number; readonly minor: number}>>;
	readonly host: HostFacts;
	readonly hooks: OciHooks;
	/** The `nerdctl/…` labels again; the request's annotations are added. */
	readonly annotations: Readonly<Record<string, string>>;
};

/** `new`: one of its own; `host`: this machine's; or another's, by its file below /proc or /run. */
export type NamespaceUse = 'new' | 'host' | {readonly path: string};

export type NamespacePlan = {readonly network: NamespaceUse; readonly pid: NamespaceUse; readonly ipc: NamespaceUse; readonly uts: NamespaceUse};

export type RequestedDevice = {readonly device: OciDevice; /** Of `rwm`. */ readonly access: string};

export type HostFacts = {
	readonly cgroupVersion: 1 | 2;
	/** True when we run in a user namespace: the cgroups are below `user.slice` then. */
	readonly rootless: boolean;
	/** Go's name: `amd64`. It is the kernel's, also when an image of another platform is emulated. */
	readonly architecture: string;
	readonly kernel: {readonly major: number; readonly minor: number};
	/** What we may do ourselves, `CAP_CHOWN` …: nobody can give more. */
	readonly capabilities: readonly string[];
	readonly apparmor: 'unavailable' | 'available';
	/** Names of the profiles that the kernel has. */
	readonly apparmorProfiles: readonly string[];
};
