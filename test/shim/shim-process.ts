import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {closeSync, constants, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {installShim} from '../../source/clients/host/install-shim.ts';
import {buildShim} from '../../scripts/build.ts';

export type Entry = {readonly log: string; readonly stream: string; readonly time: string};

export type ShimProcess = {
	/** Our ends of the pipes that a container would write to. */
	readonly stdout: number;
	readonly stderr: number;
	readonly child: ChildProcess;
	/** What arrived on the ready pipe before it was closed. */
	readonly ready: Promise<Buffer>;
	readonly exited: Promise<number | null>;
	readonly logPath: string;
	readonly lockPath: string;
	/** The working directory, as containerd's shim has it: where runc writes init.pid. */
	readonly bundle: string;
	closeStreams(): void;
	entries(suffix?: string): readonly Entry[];
};

export type ShimBench = {readonly program: string; start(config?: object): ShimProcess; remove(): void};

const pipe = (path: string): {readonly reader: number; readonly writer: number} => {
	spawnSync('mkfifo', [path]);
	const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	return {reader, writer: openSync(path, constants.O_WRONLY)};
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

	const start = (config: object = {driver: 'json-file'}): ShimProcess => {
		const id = `c${count++}`;
		const stateDir = join(dataStore, 'containers', 'ns', id);
		const bundle = join(folder, 'bundles', id);
		for (const made of [stateDir, bundle]) mkdirSync(made, {recursive: true});
		writeFileSync(join(stateDir, 'log-config.json'), JSON.stringify(config));
		const stdout = pipe(join(bundle, 'out'));
		const stderr = pipe(join(bundle, 'err'));
		const child = spawn(program, ['log', dataStore], {
			cwd: bundle,
			env: {CONTAINER_ID: id, CONTAINER_NAMESPACE: 'ns'},
			stdio: ['ignore', 'inherit', 'inherit', stdout.reader, stderr.reader, 'pipe'],
		});
		closeSync(stdout.reader);
		closeSync(stderr.reader);
		// The types know five descriptors; there are as many as were asked for.
		const readyPipe = (child.stdio as readonly unknown[])[5] as Readable;
		const ready = (async () => Buffer.concat(await readyPipe.toArray()))();
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
		remove() {
			for (const shim of running) {
				shim.closeStreams();
				if (shim.child.exitCode === null) shim.child.kill('SIGKILL');
			}

			rmSync(folder, {recursive: true, force: true});
		},
	};
};
