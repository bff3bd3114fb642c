import type {Buffer} from 'node:buffer';
import {Failure, messageOf} from '../../../errors.ts';
import {createTarHeaders} from '../../layers/index.ts';

/** All that lies at the top of docker's and OCI's archives of images: their documents, and blobs and layers by their digests. */
const ofArchives = /^(?:oci-layout|index\.json|manifest\.json|repositories|blobs|[0-9a-f]{64}(?:\.json|\.tar|\.tar\.gz)?)$/;
const documents: ReadonlySet<string> = new Set(['oci-layout', 'manifest.json', 'repositories']);

/**
The same bytes, refused at their end when they are an archive of images and no file system, or no whole tar. One entry that is of no archive
is enough: nobody can say what a file system has at its top.
*/
export async function* fileSystemTar(plain: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	let isOther = false;
	let hasDocument = false;
	const headers = createTarHeaders(({path}) => {
		const [top = ''] = path.split('/');
		isOther ||= !ofArchives.test(top);
		hasDocument ||= documents.has(path);
		return true;
	});
	const checked = (work: () => void): void => {
		try {
			work();
		} catch (error) {
			throw new Failure('invalid', `it is no whole tar archive (${messageOf(error)})`, {cause: error, hint: 'copy or make the archive again'});
		}
	};
	for await (const chunk of plain) {
		checked(() => headers.push(chunk));
		yield chunk;
	}
	checked(() => headers.end());
	if (hasDocument && !isOther) throw new Failure('invalid', 'it is an archive of images, not of a file system', {hint: 'load it: gantry load -i FILE'});
}
