import {couldNot, Failure, messageOf} from '../../../errors.ts';
import {plain} from '../../../model/sanitize.ts';
import type {Handler} from '../../grpc/index.ts';
import {bytesMessageHead} from './bytes-message.ts';

/** Streams by the last part of their URL; each can be had once. */
export type Uploads = ReadonlyMap<string, AsyncIterable<Uint8Array>>;

/** What a build is told so that it fetches a stream from us: a host that BuildKit knows to be the session. */
export const uploadUrl = (name: string): string => `http://buildkit-session/${name}`;

const mostBytes = 1024 * 1024;

const told = async function* (stream: AsyncIterable<Uint8Array>, onFailure: (error: unknown) => void): AsyncGenerator<Uint8Array> {
	try {
		yield* stream;
	} catch (error) {
		const failure = error instanceof Failure ? error : couldNot('internal', 'read the archive that is to be built', messageOf(error), {cause: error});
		onFailure(failure);
		throw failure;
	}
};

/** What can not be read is told of: the daemon takes the place where it stops for a fault of the archive. */
export const uploadHandler = (uploads: Uploads, onFailure: (error: unknown) => void): readonly [string, Handler] => {
	const left = new Map(uploads);
	return [
		'/moby.upload.v1.Upload/Pull',
		async call => {
			const [path = ''] = call.metadata.get('urlpath') ?? [];
			const name = path.slice(path.lastIndexOf('/') + 1);
			const stream = left.get(name);
			if (stream === undefined) throw new Failure('not-found', `there is no upload called ${plain(name)} for this build`);
			left.delete(name);
			for await (const bytes of told(stream, onFailure)) {
				for (let at = 0; at < bytes.length; at += mostBytes) {
					const part = bytes.subarray(at, at + mostBytes);
					call.signal.throwIfAborted();
					await call.room();
					call.send(bytesMessageHead(part.length).subarray(5), part);
				}
			}
		},
	];
};
