import {spawn} from 'node:child_process';
import {Failure} from '../../errors.ts';

const run = async (command: string, args: readonly string[], input: string, env: NodeJS.ProcessEnv): Promise<string> =>
	new Promise((resolve, reject) => {
		const child = spawn(command, [...args], {stdio: 'pipe', env});
		const output: Buffer[] = [];
		const errors: Buffer[] = [];
		child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
		child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
		// It may end without reading what it was given.
		child.stdin.on('error', () => undefined);
		child.once('error', reject);
		child.once('close', code => {
			if (code === 0) resolve(Buffer.concat(output).toString('utf8'));
			else reject(new Failure('internal', `${command} ended with code ${code}: ${Buffer.concat(errors).toString('utf8').trim()}`));
		});
		child.stdin.end(input);
	});

/** A chain that a plugin makes for one container and one network; the shared ones have words for names. */
const ownChain = /-j (CNI-(?:DN-|SN-)?[\da-f]{20,24})(?: |$)/;
const inOwnChain = /^-A CNI-(?:DN-|SN-)?[\da-f]{20,24} /;

/**
What to feed to iptables-restore so that none of these rules is left: the rules, and the chains of their own that they lead to. Undefined when
there is nothing. The rules are iptables-save's own lines, quoted as it quotes them: no word of them is read by a shell.
*/
export const removalOf = (saved: string, isMine: (rule: string) => boolean): string | undefined => {
	const lines: string[] = [];
	let table = '';
	let mine: string[] = [];
	for (const line of saved.split('\n')) {
		if (line.startsWith('*')) {
			table = line.slice(1);
			mine = [];
		} else if (line.startsWith('-A ') && isMine(line)) mine.push(line);
		else if (line === 'COMMIT' && mine.length > 0) {
			const chains = [...new Set(mine.flatMap(rule => ownChain.exec(rule)?.[1] ?? []))];
			const rules = mine.filter(rule => !inOwnChain.test(rule));
			lines.push(`*${table}`, ...rules.map(rule => `-D${rule.slice(2)}`), ...chains.map(chain => `-F ${chain}`), ...chains.map(chain => `-X ${chain}`), 'COMMIT');
		}
	}
	return lines.length === 0 ? undefined : `${lines.join('\n')}\n`;
};

const removeRules = async (family: 4 | 6, table: 'nat' | 'filter', isMine: (rule: string) => boolean, env: NodeJS.ProcessEnv = process.env): Promise<void> => {
	const prefix = family === 4 ? 'iptables' : 'ip6tables';
	const removal = removalOf(await run(`${prefix}-save`, ['-t', table], '', env), isMine);
	if (removal !== undefined) await run(`${prefix}-restore`, ['--noflush', '-w', '5'], removal, env);
};

/**
With the network namespace gone, the bridge plugin gives back the address and forgets the rules that hide it behind the machine's.
nerdctl removes them itself for that reason, rule by rule; this is one list and one transaction.
*/
export const removeContainerRules = async (cniId: string, family: 4 | 6, env?: NodeJS.ProcessEnv): Promise<void> =>
	removeRules(family, 'nat', rule => rule.includes(`id: \\"${cniId}\\"`), env);

/** The firewall plugin's rules for a bridge stay when the last container has left it. */
export const removeBridgeRules = async (bridge: string, family: 4 | 6): Promise<void> =>
	removeRules(family, 'filter', rule => rule.startsWith('-A CNI-') && rule.split(' ').some((word, at, words) => word === bridge && ['-i', '-o'].includes(words[at - 1] ?? '')));
