import {createServer, type IncomingMessage} from 'node:http';

export type UploadServer = {
	readonly host: string;
	/** `METHOD content-range content-length`, in order. */
	readonly seen: readonly string[];
	readonly stored: () => Buffer;
	stop(): Promise<void>;
};

export type UploadRules = {
	/** Bodies beyond this are refused with 413. */
	readonly mostBody?: number;
	/** The first body is cut here. What came is kept, as the specification allows and docker-registry 2.8 does not do. */
	readonly cutAfter?: number;
};

/** The upload half of the distribution specification, keeping one upload in memory. */
export const startUploadServer = async ({mostBody = Number.POSITIVE_INFINITY, cutAfter}: UploadRules): Promise<UploadServer> => {
	const seen: string[] = [];
	let chunks: Buffer[] = [];
	let size = 0;
	let cut = cutAfter;
	const take = async (incoming: IncomingMessage): Promise<boolean> => {
		let left = cut ?? Number.POSITIVE_INFINITY;
		for await (const chunk of incoming) {
			const piece = (chunk as Buffer).subarray(0, left);
			chunks.push(piece);
			size += piece.length;
			left -= piece.length;
			if (left === 0) {
				cut = undefined;
				return false;
			}
		}
		return true;
	};
	const server = createServer(async (incoming, outgoing) => {
		const {method = '', headers, socket} = incoming;
		seen.push([method, headers['content-range'], headers['content-length']].filter(Boolean).join(' '));
		const standing = {location: '/v2/upload/1', range: `0-${Math.max(0, size - 1)}`};
		if (method === 'HEAD') outgoing.writeHead(404).end();
		else if (method === 'POST') {
			chunks = [];
			size = 0;
			outgoing.writeHead(202, standing).end();
		} else if (method === 'GET') outgoing.writeHead(204, standing).end();
		else if (Number(headers['content-length']) > mostBody) {
			incoming.resume();
			outgoing.writeHead(413, {connection: 'close'}).end();
		} else {
			const began = headers['content-range']?.split('-')[0];
			if (began !== undefined && Number(began) !== size) return outgoing.writeHead(416, standing).end();
			if (!(await take(incoming).catch(() => false))) return socket.destroy();
			outgoing.writeHead(method === 'PUT' ? 201 : 202, {location: '/v2/upload/1', range: `0-${size - 1}`}).end();
		}
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as {port: number};
	return {
		host: `127.0.0.1:${port}`,
		seen,
		stored: () => Buffer.concat(chunks),
		stop: async () => {
			server.closeAllConnections();
			await new Promise(resolve => server.close(resolve));
		},
	};
};
