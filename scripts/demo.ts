/**
`npm run demo`: a private containerd with containers of every kind, the dashboard on it, and nothing left of either afterwards.
`--hold` opens no dashboard: it says where the daemon is and waits for a signal. Everything else is passed on to gantry.
*/
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {fileURLToPath} from 'node:url';
import {containerdVersions} from './lab/find-containerd.ts';
import {startDemo} from './demo/start.ts';

const gantry = fileURLToPath(new URL('../dist/gantry', import.meta.url));

const {values, tokens} = parseArgs({
	options: {hold: {type: 'boolean'}, containerd: {type: 'string'}, idle: {type: 'string'}},
	strict: false,
	tokens: true,
});

/** What is not ours, as it was written. */
const passedOn = process.argv.slice(2).filter((_, index) => {
	const own = tokens.find(token => token.kind === 'option' && ['hold', 'containerd', 'idle'].includes(token.name) && token.index <= index && index <= token.index + (token.inlineValue === false ? 1 : 0));
	return own === undefined;
});

const version = containerdVersions.find(known => known === values['containerd']);
const interruption = Promise.withResolvers<NodeJS.Signals>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.resolve(signal));

const exitCodes: Partial<Record<NodeJS.Signals, number>> = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129};

const dashboard = async (commandLine: readonly string[]): Promise<number> => {
	const child = spawn(gantry, commandLine, {stdio: 'inherit'});
	void interruption.promise.then(() => child.kill('SIGTERM'));
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128 + 15)));
	});
};

const hold = async (address: string, dataRoot: string): Promise<number> => {
	console.log(JSON.stringify({address, dataRoot}));
	console.log(`gantry --address ${address} --data-root ${dataRoot}\nctrl-c takes it down`);
	// Signal handlers alone do not keep a process alive.
	const keepAlive = setInterval(() => {}, 60_000);
	await interruption.promise;
	clearInterval(keepAlive);
	return 0;
};

let stop: (() => Promise<void>) | undefined;

const run = async (): Promise<number> => {
	const demo = await startDemo({
		...(version === undefined ? {} : {version}),
		idleCount: Number(values['idle'] ?? 0),
		onLab(stopLab) {
			stop = stopLab;
		},
	});
	const {address, dataRoot} = demo.lab;
	if (values['hold'] === true) return hold(address, dataRoot);
	if (!existsSync(gantry)) throw new Error(`${gantry} is missing: npm run build makes it`);
	return dashboard(['--address', address, '--data-root', dataRoot, '--all-namespaces', ...passedOn]);
};

const interrupted = async (): Promise<number> => {
	const signal = await interruption.promise;
	return values['hold'] === true ? 0 : (exitCodes[signal] ?? 1);
};

try {
	const running = run();
	// An interruption during the start must not wait for it; one during the dashboard waits until that has put the terminal back.
	const code = await Promise.race([running, interrupted()]);
	await Promise.race([running.catch(() => {}), new Promise(resolve => setTimeout(resolve, 1000).unref())]);
	process.exitCode = code;
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
} finally {
	await stop?.();
}
