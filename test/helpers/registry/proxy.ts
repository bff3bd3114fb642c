import {createServer, type IncomingMessage, request, type ServerResponse} from 'node:http';

export type Fault =
	| {readonly kind: 'cut' /** Bytes of the body that still come. */; readonly after: number}
	| {readonly kind: 'corrupt'; readonly at: number}
	/** All headers promise the whole, a clean end comes early. */
	| {readonly kind: 'truncate'; readonly after: number}
	/** Answered without asking the registry. */
	| {
			readonly kind: 'answer';
			readonly status: number;
			readonly headers?: Readonly<Record<string, string>>;
			readonly body?: string | Uint8Array;
	  }
	/** Cut after so many bytes of the request's body went upstream. */
	| {readonly kind: 'cut-request'; readonly after: number}
	| {readonly kind: 'hold'};

export type Seen = {readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers']};

export type Proxy = {
	readonly host: string;
	/** In order. */
	readonly seen: readonly Seen[];
	/** Asked for each request; the first that answers with a fault decides. */
	setFault(fault: (seen: Seen, count: number) => Fault | undefined): void;
	/** Resolves when a request is being held; asked for anew after each `setFault`. */
	readonly held: Promise<void>;
	stop(): Promise<void>;
};

/** An HTTP proxy before a registry on plain http, which does what networks do at a chosen byte. */
export const startProxy = async (upstream: string): Promise<Proxy> => {
	const seen: Seen[] = [];
	let choose: (seen: Seen, count: number) => Fault | undefined = () => undefined;
	let held = Promise.withResolvers<void>();
	const server = createServer((incoming, outgoing) => {
		const now: Seen = {method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers};
		seen.push(now);
		const fault = choose(now, seen.length);
		if (fault?.kind === 'hold') return held.resolve();
		if (fault?.kind === 'answer') {
			incoming.resume();
			outgoing.writeHead(fault.status, fault.headers);
			outgoing.end(fault.body ?? '');
			return;
		}
		forward(upstream, incoming, outgoing, fault);
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const {port} = server.address() as {port: number};
	return {
		host: `127.0.0.1:${port}`,
		seen,
		get held() {
			return held.promise;
		},
		setFault: fault => {
			choose = fault;
			held = Promise.withResolvers();
		},
		stop: async () => {
			server.closeAllConnections();
			await new Promise(resolve => server.close(resolve));
		},
	};
};

const forward = (upstream: string, incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault | undefined): void => {
	const [hostname, port] = upstream.split(':');
	// The Host stays: the registry makes the addresses of uploads from it, and they must lead here again.
	const onward = request({hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers, agent: false}, answer => {
		const headers = {...answer.headers};
		if (fault?.kind === 'truncate') delete headers['content-length'];
		outgoing.writeHead(answer.statusCode ?? 500, headers);
		let passed = 0;
		answer.on('data', (chunk: Buffer) => {
			const piece = damage(chunk, passed, fault);
			passed += chunk.length;
			if (!outgoing.write(piece)) {
				answer.pause();
				outgoing.once('drain', () => answer.resume());
			}
			if (fault?.kind === 'cut' && passed >= fault.after) {
				answer.destroy();
				// What was written is let out first.
				outgoing.write('', () => outgoing.destroy());
			} else if (fault?.kind === 'truncate' && passed >= fault.after) {
				answer.destroy();
				outgoing.end();
			}
		});
		answer.on('end', () => outgoing.end());
		answer.on('error', () => outgoing.destroy());
	});
	onward.on('error', () => outgoing.destroy());
	let taken = 0;
	incoming.on('data', (chunk: Buffer) => {
		taken += chunk.length;
		if (!onward.write(chunk)) {
			incoming.pause();
			onward.once('drain', () => incoming.resume());
		}
		if (fault?.kind === 'cut-request' && taken >= fault.after) {
			onward.destroy();
			incoming.destroy();
		}
	});
	incoming.on('end', () => onward.end());
	outgoing.on('close', () => onward.destroy());
};

const damage = (chunk: Buffer, passed: number, fault: Fault | undefined): Buffer => {
	if (fault?.kind === 'corrupt' && fault.at >= passed && fault.at < passed + chunk.length) {
		const copy = Buffer.from(chunk);
		copy[fault.at - passed]! ^= 0xff;
		return copy;
	}
	if ((fault?.kind === 'cut' || fault?.kind === 'truncate') && passed + chunk.length > fault.after)
		return chunk.subarray(0, Math.max(0, fault.after - passed));
	return chunk;
};
