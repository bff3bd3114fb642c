import {Failure} from '../../errors.ts';
import {plain} from '../../model/sanitize.ts';
import {goDuration} from '../../model/units.ts';
import type {ProcessRow} from '../../services/containers/index.ts';
import {printTable} from './output.ts';
import {tableTabs} from './tabs.ts';
import {defineLine} from './types.ts';

/** As docker forbids it: another column that calls itself PID would be taken for the process id. */
const fakesPid = /\s(\S*)=\s*(PID\S*)/g;

const checkOptions = (options: readonly string[]): void => {
	for (const [, column, title] of ` ${options.join(' ')}`.matchAll(fakesPid))
		if (column !== 'pid') throw new Failure('invalid', `specifying "${column}=${title}" is not allowed`);
};

const fields = (line: string): readonly string[] => line.split(/[\t\n\f\r ]+/).filter(field => field !== '');

/** Rows of `ps` whose process is the container's; the last column keeps its spaces. Threads follow their process with `-` for a pid. */
const rowsOf = (output: string, pids: ReadonlySet<number>): ReadonlyArray<readonly string[]> => {
	const [head = '', ...lines] = output.split('\n');
	const titles = fields(head);
	const pidColumn = titles.indexOf('PID');
	if (pidColumn === -1) throw new Failure('invalid', "couldn't find PID field in ps output", {hint: 'keep the pid among the columns'});
	const rows: Array<readonly string[]> = [titles];
	let inside = false;
	for (const line of lines) {
		const cells = fields(line);
		const pid = cells[pidColumn];
		if (pid === undefined) continue;
		if (pid !== '-') inside = pids.has(Number(pid));
		if (inside) rows.push([...cells.slice(0, titles.length - 1), cells.slice(titles.length - 1).join(' ')]);
	}
	return rows;
};

/** Without a `ps` on the machine: what /proc told. */
const ownRows = (processes: readonly ProcessRow[], now: number): ReadonlyArray<readonly string[]> => [
	['UID', 'PID', 'PPID', 'STATE', 'AGE', 'TIME', 'CMD'],
	...processes.map(({user, pid, parentPid, state, startedAt, cpuNanoseconds, command}) => [
		user,
		String(pid),
		String(parentPid),
		state,
		goDuration(now - startedAt),
		new Date(cpuNanoseconds / 1e6).toISOString().slice(11, 19),
		command,
	]),
];

export const top = defineLine({
	verbs: ['top', 'container top'],
	summary: 'Display the running processes of a container',
	usage: 'CONTAINER [ps OPTIONS]',
	arity: {least: 1},
	interspersed: false,
	flags: {},
	async run(context) {
		const {services, global, host, signal, args, clock, stderr} = context;
		const [name = '', ...given] = args;
		const options = given.length === 0 ? ['-ef'] : given.join(' ').split(' ');
		checkOptions(options);
		const container = await services.containers.find(global.namespace, name, {signal});
		const processes = await services.containers.processes(container, {signal});
		if (processes.length === 0) {
			// nerdctl prints nothing and is content; a word about why costs nothing.
			stderr.write(`${plain(name)} is not running\n`);
			return 0;
		}
		const pids = processes.map(({pid}) => pid);
		const select = (extra: readonly string[]) => host.run('ps', [...options, ...extra], {signal});
		let result = await select([`-q${pids.join(',')}`]);
		// Some options, such as f, can't go together with -q: then all are listed and sorted out here.
		if (result !== undefined && result.exitCode !== 0) result = await select([]);
		if (result === undefined) await printTable(context, ownRows(processes, clock()), tableTabs);
		else if (result.exitCode === 0) await printTable(context, rowsOf(result.stdout, new Set(pids)), tableTabs);
		else throw new Failure('invalid', result.stderr.split('\n')[0] || `ps ${options.join(' ')} failed`);
		return 0;
	},
});
