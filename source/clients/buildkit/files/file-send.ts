import {Failure} from '../../../errors.ts';
import type {Handler, ServerCall} from '../../grpc/index.ts';
import {createBytesReader} from '../session/bytes-message.ts';
import {receiveTree} from './receive-tree.ts';

/** Where what a build makes goes to, by the place of its exporter among the exporters. */
export type Destination =
	| {
			/** An archive, as the bytes come. What it throws ends the build. */
			readonly kind: 'stream';
			readonly write: (bytes: AsyncIterable<Uint8Array>, signal: AbortSignal) => Promise<void>;
	  }
	| {readonly kind: 'folder'; readonly path: string};

/** Parts of the messages as they come off the wire: put together they would be copied twice. */
const bytesOf = async function* (call: ServerCall): AsyncGenerator<Uint8Array> {
	const reader = createBytesReader();
	for await (const pieces of call.pieces()) for (const piece of pieces) yield* reader.push(piece);
	if (reader.isWithin()) throw new Failure('unavailable', 'what the build sent ended in the middle');
};

/** One method with two ways of talking: an archive comes as bytes, a folder as files. */
export const fileSendHandler = (destinations: readonly Destination[]): readonly [string, Handler] => [
	'/moby.filesync.v1.FileSend/DiffCopy',
	async call => {
		// Daemons that know of one exporter only do not say which it is.
		const [said = '0'] = call.metadata.get('buildkit-attachable-exporter-id') ?? [];
		const destination = destinations[Number(said)];
		if (destination === undefined) throw new Failure('not-found', `there is no exporter of number ${said}`);
		if (destination.kind === 'folder') return receiveTree(call, destination.path);
		const bytes = bytesOf(call);
		// Whoever has what it needs may stop reading; the daemon is let finish all the same.
		await destination.write({[Symbol.asyncIterator]: () => ({next: async () => bytes.next()})}, call.signal);
		for await (const _rest of bytes);
	},
];
