/** The store, the watch and the clients without a screen, in a process of their own: what they alone take for very many containers. */
import {monitorEventLoopDelay} from 'node:perf_hooks';
import {createAppStore} from '../../source/store/index.ts';
import {rowsOf} from '../../source/store/rows/index.ts';
import {createWatch} from '../../source/watch/index.ts';
import {connect} from '../../source/wiring/connect.ts';
import {openDaemon} from '../../source/wiring/daemon.ts';

export type ManyReport = {
	/** From opening the connection. */
	readonly rowsMs: number;
	readonly liveMs: number;
	readonly containers: number;
	readonly heldMs: number;
};

const {address} = JSON.parse(process.argv[2] ?? '{}') as {readonly address: string};
const resolutionMs = 1;
const monitor = monitorEventLoopDelay({resolution: resolutionMs});
monitor.enable();
// One turn of the loop, so that loading the modules is not counted.
await new Promise(resolve => setTimeout(resolve, 100));
monitor.reset();

const beganAt = performance.now();
const store = createAppStore({address, hostname: 'bench', snapshotter: 'overlayfs', readonly: false, scope: {kind: 'one', namespace: 'default'}, now: Date.now()});
const live = Promise.withResolvers<number>();
const rows = Promise.withResolvers<number>();
store.subscribe(() => {
	const state = store.get();
	// As the list does for every state that it sees.
	if (rowsOf(state, 'containers').length > 0) rows.resolve(performance.now() - beganAt);
	if (state.connection.status === 'live') live.resolve(performance.now() - beganAt);
});
const daemon = openDaemon({address, containerd: connect(address)}, '/nonexistent', {cniPath: '', cniNetconfPath: ''});
const watch = createWatch({containerd: daemon.containerd, store, images: daemon.images, snapshots: daemon.snapshots});
const [rowsMs, liveMs] = await Promise.all([rows.promise, live.promise]);
await new Promise(resolve => setTimeout(resolve, 500));
const report: ManyReport = {rowsMs, liveMs, containers: store.get().containers.items.size, heldMs: monitor.max / 1e6 - resolutionMs};
process.stdout.write(`${JSON.stringify(report)}\n`);
watch.stop();
daemon.containerd.close();
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
