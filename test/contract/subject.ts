import type {Containerd, CreateTask} from '../../source/clients/containerd/types.ts';
import type {ContainerRef} from '../../source/model/container.ts';

/** A containerd that the suite may do anything to. */
export type Subject = {
	readonly address: string;
	/** False where there are no file systems and processes behind the API. */
	readonly isReal: boolean;
	/** A container whose task can be created with the answered options; it runs until it is killed. */
	makeContainer(containerd: Containerd, ref: ContainerRef): Promise<CreateTask>;
	/** The daemon goes without a word; containers stay. */
	kill(): Promise<void>;
	restart(): Promise<void>;
	stop(): Promise<void>;
};

/** What a part of the suite works with; each part has a namespace of its own. */
export type Bench = {
	readonly subject: Subject;
	readonly containerd: Containerd;
	readonly namespace: string;
};

/** Keeps what a test makes from the garbage collector, which runs whenever anything is removed. */
export const keep = {'containerd.io/gc.root': 'contract'} as const;

export const collect = async <Item>(batches: AsyncIterable<readonly Item[]>): Promise<readonly Item[]> => {
	const all: Item[] = [];
	for await (const batch of batches) all.push(...batch);
	return all;
};

export const bytesOf = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
	const all: Uint8Array[] = [];
	for await (const chunk of chunks) all.push(chunk);
	return Buffer.concat(all);
};
