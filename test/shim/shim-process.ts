import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, constants, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readlinkSync, rmSync, writeFileSync} from 'node:fs';
import {Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {installShim} from '../../source/clients/host/install-shim.ts';
import {buildShim} from '../../scripts/build.ts';
import {processesUnder, until} from '../../scripts/lab/processes.ts';

export type Entry = {readonly log: string; readonly stream: string; readonly time: string};

export type ShimProcess = {
	/** Our ends of the pipes that a container would write to. */
	readonly stdout: number;
	readonly stderr: number;
	readonly child: ChildProcess;
	/** What containerd's shim waits for: a byte, or the end of the pipe. */
	readonly ready: Promise<'byte' | 'end'>;
	readonly exited: Promise<number | null>;
	readonly logPath: string;
	readonly lockPath: string;
	/** The working directory, as containerd's shim has it: where runc writes init.pid. */
	readonly bundle: string;
	closeStreams(): void;
	entries(suffix?: string): readonly Entry[];
};

export type ShimBench = {readonly program: string; start(config?: object): Promise<ShimProcess>; remove(): Promise<void>};

/** A pipe as containerd makes them: Node's own are sockets, which nobody opens through /proc, and of a FIFO who opens it late does not see the end. */
const pipe = async (): Promise<{readonly reader: number; readonly writer: number}> => {
	const shell = spawn('sh', ['-c', 'sleep 60 | sleep 60'], {stdio: 'ignore'});
	const children = (): readonly string[] => readFileSync(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8').trim().split(' ');
	const isSleep = (pid: string): boolean => existsSync(`/proc/${pid}/comm`) && readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n';
	await until(() => children().length === 2 && children().every(isSleep), 10_000);
	const pids = children();
	const from = pids.find(pid => readlinkSync(`/proc/${pid}/fd/1`).startsWith('pipe:'));
	const to = pids.find(pid => readlinkSync(`/proc/${pid}/fd/0`).startsWith('pipe:'));
	const ends = {reader: openSync(`/proc/${to}/fd/0`, constants.O_RDONLY | constants.O_NONBLOCK), writer: openSync(`/proc/${from}/fd/1`, constants.O_WRONLY)};
	for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
	await new Promise(resolve => shell.once('exit', resolve));
	return ends;
};

/** The real program, bundled and installed, started with real pipes in the way containerd's shim starts it. */
export const createShimBench = async (): Promise<ShimBench> => {
	const folder = mkdtempSync(join(tmpdir(), 'gantry-shim-'));
	await buildShim(folder);
	// A blank and a quote in the path: the launcher is a shell script that names Node and is named by a URI.
	const program = await installShim(join(folder, 'gantry-shim'), join(folder, "data root's"));
	const dataStore = join(folder, "data root's", '0123abcd');
	let count = 0;
	const running: ShimProcess[] = [];

	const start = async (config: object = {driver: 'json-file'}): Promise<ShimProcess> => {
		const id = `c${count++}`;
		const stateDir = join(dataStore, 'containers', 'ns', id);
		const bundle = join(folder, 'bundles', id);
		for (const made of [stateDir, bundle]) mkdirSync(made, {recursive: true});
		writeFileSync(join(stateDir, 'log-config.json'), JSON.stringify(config));
		const [stdout, stderr, told] = await Promise.all([pipe(), pipe(), pipe()]);
		const child = spawn(program, ['log', dataStore], {
			cwd: bundle,
			env: {CONTAINER_ID: id, CONTAINER_NAMESPACE: 'ns'},
			stdio: ['ignore', 'inherit', 'inherit', stdout.reader, stderr.reader, told.writer],
		});
		for (const end of [stdout.reader, stderr.reader, told.writer]) closeSync(end);
		const readyPipe = new Socket({fd: told.reader, readable: true, writable: false});
		const ready = new Promise<'byte' | 'end'>(resolve => {
			readyPipe.once('data', () => resolve('byte')).once('end', () => resolve('end'));
		});
		let isOpen = true;
		const shim: ShimProcess = {
			...{stdout: stdout.writer, stderr: stderr.writer, child, ready, bundle},
			exited: new Promise(resolve => {
				child.once('exit', resolve);
			}),
			logPath: join(stateDir, `${id}-json.log`),
			lockPath: join(stateDir, 'logger-lock'),
			closeStreams() {
				if (!isOpen) return;
				isOpen = false;
				for (const fd of [stdout.writer, stderr.writer]) closeSync(fd);
			},
			entries: (suffix = '') =>
				readFileSync(join(stateDir, `${id}-json.log${suffix}`), 'utf8')
					.split('\n')
					.filter(Boolean)
					.map(line => JSON.parse(line) as Entry),
		};
		running.push(shim);
		return shim;
	};

	return {
		program,
		start,
		async remove() {
			for (const {closeStreams} of running) closeStreams();
			for (const {child, exited} of running) {
				const isLate = await Promise.race([exited.then(() => false), delay(5000, true, {ref: false})]);
				if (isLate) child.kill('SIGKILL');
			}
			for (const pid of processesUnder(folder)) process.kill(pid, 'SIGKILL');
			rmSync(folder, {recursive: true, force: true});
		},
	};
};
