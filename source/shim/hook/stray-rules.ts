import {spawn} from 'node:child_process';
import {Failure} from '../../errors.ts';

const run = async (command: string, args: readonly string[], input: string): Promise<string> =>
	new Promise((resolve, reject) => {
		const child = spawn(command, [...args], {stdio: 'pipe'});
		const output: Buffer[] = [];
		const errors: Buffer[] = [];
		child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
		child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
		child.stdin.on('error', () => undefined);
		child.once('error', reject);
		child.once('close', code => {
			if (code === 0) resolve(Buffer.concat(output).toString('utf8'));
			else reject(new Failure('internal', `${command} ended with code ${code}: ${Buffer.concat(errors).toString('utf8').trim()}`));
		});
		child.stdin.end(input);
	});

/**
What to feed to iptables-restore so that no rule of this container is left in a table: every rule whose comment has its id, and the chains
of its own that those lead to. Undefined when there is nothing. The rules are iptables-save's own lines, quoted as it quotes them.
*/
export const removalOf = (saved: string, cniId: string): string | undefined => {
	const lines: string[] = [];
	let table = '';
	let mine: string[] = [];
	const close = (): void => {
		const rules = mine.filter(rule => !rule.startsWith('-A CNI-') || /^-A CNI-(HOSTPORT|FORWARD|ADMIN)/.test(rule));
		const chains = [...new Set(mine.flatMap(rule => /-j (CNI-(?:DN-|SN-)?[\da-f]{20,24})(?: |$)/.exec(rule)?.[1] ?? []))];
		if (mine.length === 0) return;
		lines.push(`*${table}`, ...rules.map(rule => `-D${rule.slice(2)}`), ...chains.map(chain => `-F ${chain}`), ...chains.map(chain => `-X ${chain}`), 'COMMIT');
	};
	for (const line of saved.split('\n')) {
		if (line.startsWith('*')) {
			table = line.slice(1);
			mine = [];
		} else if (line === 'COMMIT') close();
		else if (line.startsWith('-A ') && line.includes(`${cniId}\\"`)) mine.push(line);
	}
	return lines.length === 0 ? undefined : `${lines.join('\n')}\n`;
};

/**
With the network namespace gone, the bridge plugin gives back the address and forgets the rules that hide it behind the machine's.
nerdctl removes them itself for that reason, rule by rule; this is one list and one transaction.
*/
export const removeStrayRules = async (cniId: string, family: 4 | 6): Promise<void> => {
	const prefix = family === 4 ? 'iptables' : 'ip6tables';
	const removal = removalOf(await run(`${prefix}-save`, ['-t', 'nat'], ''), cniId);
	if (removal !== undefined) await run(`${prefix}-restore`, ['--noflush', '-w', '5'], removal);
};
