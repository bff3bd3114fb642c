/** What containerd published, decoded for the topics we know. `raw` topics are kept so that an events view can show them. */
export type DaemonEvent = {
	readonly namespace: string;
	readonly topic: string;
	/** Epoch ms. */
	readonly at: number;
} & (
	| {readonly kind: 'container-created' | 'container-updated' | 'container-deleted'; readonly containerId: string}
	| {
			readonly kind: 'task-created' | 'task-started' | 'task-paused' | 'task-resumed' | 'task-oom' | 'task-checkpointed' | 'exec-added' | 'exec-started';
			readonly containerId: string;
			readonly execId?: string;
			readonly pid?: number;
	  }
	| {
			readonly kind: 'task-exited' | 'task-deleted';
			readonly containerId: string;
			/** Empty for the task itself, else the exec that ended. */
			readonly execId: string;
			readonly pid: number;
			readonly exitStatus: number;
			readonly exitedAt: number | undefined;
	  }
	| {readonly kind: 'image-created' | 'image-updated' | 'image-deleted'; readonly image: string}
	| {readonly kind: 'namespace-created' | 'namespace-updated' | 'namespace-deleted'; readonly name: string}
	| {readonly kind: 'snapshot-prepared' | 'snapshot-committed' | 'snapshot-removed'; readonly snapshotter: string; readonly key: string}
	| {readonly kind: 'content-created' | 'content-deleted'; readonly digest: string}
	| {readonly kind: 'other'; readonly typeUrl: string}
);
