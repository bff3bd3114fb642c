import {closeSync, constants, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync} from 'node:fs';
import {Socket} from 'node:net';
import {join} from 'node:path';
import {makeFifos} from '../../clients/host/fifo.ts';
import {processStart} from '../../clients/host/process-start.ts';

/** What the hook ends with: its exit status, and what it says on stderr. */
export type Answer = {readonly status: number; readonly words: string};

export type Offer = {
	/** From now on nobody finds it. A service that has begun goes on. May be called twice. */
	withdraw(): void;
};

/** A hidden one is being made or taken away. */
const offerName = /^\.?hook\.(\d+)\.(\d+)\.\d+$/;

/** Take away the offers of those that were killed. */
export const sweepOffers = (stateDir: string | undefined): void => {
	try {
		for (const name of stateDir === undefined ? [] : readdirSync(stateDir)) {
			const [, pid = '', start] = offerName.exec(name) ?? [];
			if (start !== undefined && processStart(pid) !== start) rmSync(join(stateDir!, name), {recursive: true, force: true});
		}
	} catch {
		// Whoever looks for offers passes over these.
	}
};

/** A job that is stopped by ^Z would hold up the daemon, and everybody who waits for its turn with the plugins. */
const withoutStops = async <T>(run: () => Promise<T>): Promise<T> => {
	const stay = (): void => undefined;
	process.on('SIGTSTP', stay);
	try {
		return await run();
	} finally {
		process.off('SIGTSTP', stay);
	}
};

/** Far less than a pipe holds. */
const mostWords = 8192;

let made = 0;

/**
Offer to do the work of the next hook of a container (see `clients/host/hook-launcher.ts`, which looks for this). `serve` is given its event and its
state, and must not throw. It is shown under its name when it can be taken, and hidden before it goes.
*/
export const openOffer = async (stateDir: string, serve: (event: string, state: string) => Promise<Answer>): Promise<Offer> => {
	sweepOffers(stateDir);
	const name = `hook.${process.pid}.${processStart('self')}.${made++}`;
	const [hidden, shown] = [join(stateDir, `.${name}`), join(stateDir, name)];
	const path = (pipe: string): string => join(hidden, pipe);
	const open = (pipe: string): number => openSync(path(pipe), constants.O_RDWR | constants.O_NONBLOCK);
	mkdirSync(hidden, {mode: 0o700});
	try {
		await makeFifos([path('request'), path('reply')]);
		const reply = open('reply');
		const request = new Socket({fd: open('request'), readable: true, writable: false});
		let [isTaken, isWithdrawn] = [false, false];
		let asked = '';
		const begin = async (): Promise<void> => {
			isTaken = true;
			request.destroy();
			const at = asked.indexOf(' ');
			const {status, words} = await withoutStops(() => serve(asked.slice(0, at), asked.slice(at + 1)));
			writeSync(reply, `${status}\n${words === '' ? '' : `${words.slice(0, mostWords)}\n`}`);
			closeSync(reply);
		};
		request.setEncoding('utf8').on('data', (text: string) => {
			asked += text;
			if (!isTaken && asked.endsWith('\n')) void begin();
		});
		request.on('error', () => undefined);
		renameSync(hidden, shown);
		return {
			withdraw() {
				if (isWithdrawn) return;
				isWithdrawn = true;
				try {
					// Hidden first: a shell that opens a pipe for both directions would make a file of one that is gone.
					renameSync(shown, hidden);
					rmSync(hidden, {recursive: true, force: true});
				} catch {
					// It went with the container.
				}
				if (isTaken) return;
				isTaken = true;
				request.destroy();
				closeSync(reply);
			},
		};
	} catch (error) {
		rmSync(hidden, {recursive: true, force: true});
		throw error;
	}
};
