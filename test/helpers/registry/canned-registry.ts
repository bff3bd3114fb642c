import {createHash} from 'node:crypto';
import {createServer} from 'node:http';

export type Canned = {readonly mediaType: string; readonly digest: string; readonly size: number; readonly bytes: Buffer};

export type CannedRegistry = {
	readonly host: string;
	/** Paths that were asked for, in order. */
	readonly seen: readonly string[];
	/** Bytes under their digest, wherever they are asked for. */
	add(mediaType: string, content: Buffer | object): Canned;
	/** A name that leads to a manifest or index. */
	tag(reference: string, target: Canned): void;
	stop(): Promise<void>;
};

/** What it is told, with no thought of its own: real registries refuse to store what hostile ones send. */
export const startCannedRegistry = async (): Promise<CannedRegistry> => {
	const blobs = new Map<string, Canned>();
	const names = new Map<string, Canned>();
	const seen: string[] = [];
	const server = createServer((request, response) => {
		const url = decodeURIComponent(request.url ?? '');
		seen.push(url);
		const [, name = '', kind = '', what = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
		const found = blobs.get(what) ?? (kind === 'manifests' ? names.get(`${name}:${what}`) : undefined);
		if (found === undefined) {
			response.writeHead(404, {'content-type': 'application/json'});
			response.end(JSON.stringify({errors: [{code: 'MANIFEST_UNKNOWN', message: 'not canned'}]}));
			return;
		}
		const headers = {'content-type': found.mediaType, 'docker-content-digest': found.digest, 'content-length': found.bytes.length};
		response.writeHead(200, headers);
		response.end(request.method === 'HEAD' ? undefined : found.bytes);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as {port: number};
	return {
		host: `127.0.0.1:${port}`,
		seen,
		add(mediaType, content) {
			const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
			const canned = {mediaType, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, size: bytes.length, bytes};
			blobs.set(canned.digest, canned);
			return canned;
		},
		tag(reference, target) {
			names.set(reference, target);
		},
		async stop() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
};
