import {finished} from 'node:stream/promises';
import {Failure} from '../../errors.ts';
import type {ExecSession} from '../../services/containers/index.ts';
import {environmentOf} from './env-flag.ts';
import {defineLine, type Surroundings} from './types.ts';

const sigint = 2;

/** The exec's streams are ours until it ends; a terminal passes every byte, ctrl-c too, and takes our window's size. */
const attach = async (session: ExecSession, context: Surroundings, terminal: boolean): Promise<number> => {
	const {stdin, stdout, stderr, signal, terminal: screen} = context;
	const raw = terminal && screen.isInputTTY;
	const undo: Array<() => void> = [];
	try {
		if (raw) {
			screen.setRawMode(true);
			undo.push(() => screen.setRawMode(false));
		}
		if (terminal) undo.push(screen.onResize(size => void session.resize(size).catch(() => undefined)));
		const interrupt = () => void session.kill(sigint).catch(() => undefined);
		signal.addEventListener('abort', interrupt);
		undo.push(() => signal.removeEventListener('abort', interrupt));
		if (session.stdin !== undefined) {
			const {stdin: input} = session;
			// The process may close its end while we still write: that is its right.
			input.on('error', () => undefined);
			stdin.pipe(input);
			undo.push(() => {
				stdin.unpipe(input);
				stdin.pause();
			});
		}
		const ends = [session.stdout, ...(session.stderr === undefined ? [] : [session.stderr])].map(stream =>
			finished(stream, {writable: false}),
		);
		session.stdout.pipe(stdout, {end: false});
		session.stderr?.pipe(stderr, {end: false});
		const {exitStatus} = await session.wait();
		await Promise.allSettled(ends);
		return exitStatus;
	} finally {
		for (const step of undo.reverse()) step();
		await session.close();
	}
};

export const exec = defineLine({
	verbs: ['exec', 'container exec'],
	summary: 'Run a command in a running container',
	usage: '[flags] CONTAINER COMMAND [ARG...]',
	arity: {least: 2},
	interspersed: false,
	flags: {
		detach: {type: 'boolean', shortFlag: 'd', help: 'Run the command in the background; its output goes nowhere'},
		env: {type: 'string', shortFlag: 'e', isMultiple: true, placeholder: 'NAME=VALUE', help: 'Set environment variables'},
		envFile: {type: 'string', isMultiple: true, splitsAtComma: true, placeholder: 'FILE', help: 'Set environment variables from file'},
		interactive: {type: 'boolean', shortFlag: 'i', help: 'Keep STDIN open'},
		privileged: {type: 'boolean', help: 'Give extended privileges to the command'},
		tty: {type: 'boolean', shortFlag: 't', help: 'Allocate a pseudo-TTY'},
		user: {type: 'string', shortFlag: 'u', placeholder: 'NAME[:GROUP]', help: 'Username or UID, and group'},
		workdir: {type: 'string', shortFlag: 'w', placeholder: 'DIR', help: 'Working directory inside the container'},
	},
	refused: {'detach-keys': 'an exec ends with its command'},
	async run(context) {
		const {services, global, signal, flags, args, env, terminal} = context;
		const [name = '', ...rest] = args;
		const command = rest[0] === '--' ? rest.slice(1) : rest;
		if (command.length === 0) throw new Failure('invalid', 'the command is missing after --');
		if (flags.detach && (flags.interactive || flags.tty))
			throw new Failure('invalid', `flags -${flags.interactive ? 'i' : 't'} and -d cannot be specified together`);
		if (flags.tty && !terminal.isInputTTY && !terminal.isTTY)
			throw new Failure('invalid', 'there is no terminal to give to the command', {hint: 'leave out -t'});
		const variables = await environmentOf(flags.env, flags.envFile, env);
		const container = await services.containers.find(global.namespace, name, {signal});
		const options = {
			signal,
			args: command,
			privileged: flags.privileged,
			env: variables,
			...(flags.user === undefined ? {} : {user: flags.user}),
			...(flags.workdir === undefined ? {} : {workingDirectory: flags.workdir}),
		};
		if (flags.detach) {
			await services.containers.execDetached(container, options);
			return 0;
		}
		const session = await services.containers.exec(container, {
			...options,
			terminal: flags.tty,
			interactive: flags.interactive,
			...(flags.tty ? {size: {columns: terminal.columns, rows: terminal.rows}} : {}),
		});
		return await attach(session, context, flags.tty);
	},
});
