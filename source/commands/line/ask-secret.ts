import {StringDecoder} from 'node:string_decoder';
import {Failure} from '../../errors.ts';
import {write} from './output.ts';
import type {Surroundings} from './types.ts';

/** A piped secret longer than this is a file given by mistake. */
const mostBytes = 64 * 1024;

/** All of standard input, without the line break that `echo` adds. */
export const readSecret = async ({stdin}: Pick<Surroundings, 'stdin'>): Promise<string> => {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of stdin) {
		chunks.push(Buffer.from(chunk as Uint8Array | string));
		size += chunks.at(-1)!.byteLength;
		if (size > mostBytes) throw new Failure('invalid', 'standard input is too long for a password');
	}
	return Buffer.concat(chunks)
		.toString('utf8')
		.replace(/\r?\n$/, '');
};

/** One line from the terminal; a secret is not echoed. */
export const askLine = async (
	{stdin, stdout, terminal, signal}: Pick<Surroundings, 'stdin' | 'stdout' | 'terminal' | 'signal'>,
	question: string,
	{isSecret}: {readonly isSecret: boolean},
): Promise<string> => {
	await write(stdout, question);
	terminal.setRawMode(true);
	try {
		return await readLine(stdin, signal, async text => (isSecret ? undefined : write(stdout, text)));
	} finally {
		terminal.setRawMode(false);
		await write(stdout, '\n');
	}
};

const readLine = (stdin: Surroundings['stdin'], signal: AbortSignal, echo: (text: string) => Promise<void>): Promise<string> =>
	new Promise((resolve, reject) => {
		const decoder = new StringDecoder('utf8');
		let line = '';
		const end = (settle: () => void): void => {
			stdin.off('data', take);
			stdin.off('end', stop);
			signal.removeEventListener('abort', stop);
			stdin.pause();
			settle();
		};
		const stop = (): void => end(() => reject(new DOMException('The question was not answered', 'AbortError')));
		const take = (chunk: Uint8Array | string): void => {
			const letters = [...(typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)))];
			for (const [index, letter] of letters.entries()) {
				if (letter === '\r' || letter === '\n') {
					// What was pasted beyond this line answers the next question.
					const rest = letters.slice(index + 1).join('');
					end(() => resolve(line));
					if (rest !== '') stdin.unshift(Buffer.from(rest));
					return;
				}
				if (letter === '\u0003' || letter === '\u0004') {
					stop();
					return;
				}
				if (letter === '\u007f' || letter === '\b') {
					if (line !== '') void echo('\b \b');
					line = [...line].slice(0, -1).join('');
				} else if (letter >= ' ') {
					line += letter;
					void echo(letter);
				}
			}
		};
		if (signal.aborted) {
			stop();
			return;
		}
		signal.addEventListener('abort', stop, {once: true});
		stdin.on('data', take);
		stdin.on('end', stop);
		stdin.resume();
	});
