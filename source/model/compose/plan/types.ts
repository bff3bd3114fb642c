import type {Condition} from '../project.ts';

export type ContainerState = 'running' | 'paused' | 'stopped' | 'created';

/** A container that says it belongs to a project. */
export type ObservedContainer = {
	readonly namespace: string;
	readonly id: string;
	readonly name: string;
	readonly service: string;
	/** 1 for those of nerdctl, which has a number in the name only. */
	readonly number: number;
	/** Made by `run`: no replica. */
	readonly isOneOff: boolean;
	readonly hash: string;
	/** `gantry`, a version of docker compose, or empty: nerdctl. */
	readonly maker: string;
	readonly state: ContainerState;
	/** The image's digest when the container was made; empty when nobody wrote it down. */
	readonly imageDigest: string;
	/** What its service depended on then. */
	readonly dependsOn: readonly string[];
};

export type ObservedNetwork = {
	readonly name: string;
	/** Empty for one that no project made. */
	readonly project: string;
	readonly key: string;
	readonly driver: string;
	readonly isInternal: boolean;
	readonly subnets: readonly string[];
};

export type ObservedVolume = {readonly name: string; readonly project: string; readonly key: string};

/** Everything a plan is made from besides the project: one look at the machine. */
export type Observed = {
	readonly containers: readonly ObservedContainer[];
	readonly networks: readonly ObservedNetwork[];
	readonly volumes: readonly ObservedVolume[];
	/** Digests by the references that the project uses; one that is not here is not on the machine. */
	readonly images: Readonly<Record<string, string>>;
};

export type Action =
	| {readonly kind: 'create network' | 'remove network'; readonly key: string; readonly name: string}
	| {readonly kind: 'create volume' | 'remove volume'; readonly key: string; readonly name: string}
	| {readonly kind: 'pull image' | 'build image' | 'remove image'; readonly service: string; readonly name: string}
	| {readonly kind: 'create container'; readonly service: string; readonly number: number; readonly name: string}
	/** Of one that is there, or of the one that an operation before makes. */
	| {readonly kind: 'start container'; readonly service: string; readonly number: number; readonly name: string; readonly id?: string}
	| {readonly kind: 'stop container' | 'remove container' | 'restart container' | 'kill container' | 'pause container' | 'unpause container'; readonly service: string; readonly number: number; readonly name: string; readonly id: string}
	/** Of all replicas. One that is not required may fail. */
	| {readonly kind: 'wait for'; readonly service: string; readonly name: string; readonly condition: Condition; readonly isRequired: boolean};

export type Operation = {
	/** Counted from 1 in the order of the plan; a plan may be read from top to bottom. */
	readonly id: number;
	readonly action: Action;
	readonly because: string;
	/** What must be done before; always smaller ids. */
	readonly after: readonly number[];
};

export type Plan = {readonly project: string; readonly operations: readonly Operation[]; readonly warnings: readonly string[]};
