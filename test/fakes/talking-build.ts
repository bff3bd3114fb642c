import {createServer, type Socket} from 'node:net';
import {once} from 'node:events';
import {type Handler, serveGrpc, unaryHandler} from '../../source/clients/grpc/index.ts';
import {BuildHistoryEvent, BuildHistoryEventType, ControlService, StatusResponse} from '../../source/protocol/generated/buildkit-control.ts';
import type {Timestamp} from '../../source/protocol/generated/well-known.ts';

export type Talk = {readonly steps: number; readonly linesPerSecond: number};

const everyMs = 10;

const at = (ms: number): Timestamp => ({seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6});

const record = {
	...{ref: 'talking', frontend: 'dockerfile.v0', frontendAttrs: {target: 'everything'}, exporters: [], error: undefined, createdAt: at(Date.now()), completedAt: undefined},
	...{exporterResponse: {}, pinned: false, numCachedSteps: 0, numTotalSteps: 0, numCompletedSteps: 0, numWarnings: 0},
};

const worker = {id: 'w1', labels: {}, platforms: [], gcPolicy: [], buildkitVersion: undefined};

const vertexAt = (index: number) => ({
	...{digest: `sha256:${String(index).padStart(64, '0')}`, inputs: [], name: `[stage-${index % 7} ${index}/300] RUN make part-${index} && echo part ${index} is made`},
	...{cached: index % 5 === 0, started: at(Date.now()), completed: undefined as Timestamp | undefined, error: '', progressGroup: undefined},
});

/** A step begins and another ends every tenth of a second, and the last hundred of those that run talk: so many lines a second together, each a log of its own. */
const talk =
	({steps, linesPerSecond}: Talk, tell: (said: number) => void): Handler =>
	async call => {
		const vertexes = Array.from({length: steps}, (_, index) => vertexAt(index));
		call.send(StatusResponse.encode({vertexes, statuses: [], logs: [], warnings: []}).finish());
			await call.room();
		const beganAt = performance.now();
		let said = 0;
		for (let round = 0; !call.signal.aborted; round += 1) {
			const due = Math.floor(((performance.now() - beganAt) * linesPerSecond) / 1000);
			const logs = Array.from({length: Math.max(0, due - said)}, (_, index) => ({
				...{vertex: vertexes[steps - 1 - ((said + index) % Math.min(100, steps))]?.digest ?? '', timestamp: at(Date.now()), stream: 1},
				msg: Buffer.from(`  CC  source/part-${said + index}.o  -O2 -Wall -Werror and the rest of a usual line of a compiler\n`),
			}));
			said += logs.length;
			tell(said);
			const turned = round % 10 === 0 ? [{...(vertexes[(round / 10) % Math.max(1, steps - 100)] ?? vertexAt(0)), completed: at(Date.now())}] : [];
			call.send(StatusResponse.encode({vertexes: turned, statuses: [], logs, warnings: []}).finish());
			await call.room();
			await new Promise(resolve => setTimeout(resolve, everyMs));
		}
	};

export type TalkingBuild = {
	readonly address: string;
	/** Lines that somebody has taken so far. */
	said(): number;
	stop(): Promise<void>;
};

/** A BuildKit whose only build somebody else runs, and which never ends. */
export const startTalkingBuild = async (path: string, options: Talk): Promise<TalkingBuild> => {
	let lines = 0;
	const history: Handler = async call => {
		call.send(BuildHistoryEvent.encode({type: BuildHistoryEventType.STARTED, record}).finish());
			await call.room();
	};
	const handlers = new Map([
		unaryHandler(ControlService.listWorkers, async () => ({record: [worker]})),
		[ControlService.listenBuildHistory.path, history] as const,
		[ControlService.status.path, talk(options, said => (lines = said))] as const,
	]);
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		socket.on('error', () => {});
		socket.on('close', () => sockets.delete(socket));
		void serveGrpc(socket, handlers);
	});
	server.listen(path);
	await once(server, 'listening');
	return {
		address: `unix://${path}`,
		said: () => lines,
		stop: async () => {
			for (const socket of sockets) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
};
