import {cellWidth, fit, truncate} from '../../source/model/cells.ts';
import {bytes, duration} from '../../source/model/units.ts';
import {plain} from '../../source/model/sanitize.ts';
import type {ProgressItem} from '../../source/model/progress.ts';
import type {Job} from '../../source/commands/index.ts';
import type {Theme, Tone} from '../kit/theme.ts';

/** A bar of exactly `width` cells; the number beside it says the same. */
export const bar = (percent: number | undefined, width: number, theme: Theme): string => {
	const full = Math.round(((percent ?? 0) / 100) * width);
	const [done, left] = theme.ascii ? ['#', '.'] : ['━', '─'];
	return theme.paint('good', done.repeat(full)) + theme.paint('muted', left.repeat(Math.max(0, width - full)));
};

const amount = ({sum, pace}: Job): string => {
	// Steps have no bytes: the step's own words count them.
	if (sum.totalBytes === 0 && sum.doneBytes === 0) return '';
	const parts = [
		sum.percent === undefined ? '' : `${sum.percent}%`,
		sum.doneBytes === 0 && (sum.totalBytes ?? 0) === 0 ? '' : `${bytes(sum.doneBytes)}${sum.totalBytes === undefined ? '' : `/${bytes(sum.totalBytes)}`}`,
		pace.rate === undefined ? '' : `${bytes(pace.rate)}/s`,
		pace.remainingMs === undefined ? '' : `${duration(pace.remainingMs)} left`,
	];
	return parts.filter((part) => part !== '').join('  ');
};

/** Of work that counts no bytes. */
const stepsDone = ({sum}: Job): number | undefined => (sum.totalBytes === 0 && sum.count > 0 ? (sum.finished / sum.count) * 100 : undefined);

/** The line above the footer while something runs. */
export const jobLine = (jobs: readonly Job[], width: number, theme: Theme): string => {
	const active = jobs.filter(({status}) => status === 'running');
	const job = active[0];
	if (job === undefined) return fit('', width);
	const more = active.length > 1 ? `  +${active.length - 1} more` : '';
	const left = ` ${theme.paint('accent', theme.ascii ? '>' : '↻')} ${truncate(plain(job.title), Math.max(10, Math.floor(width / 3)))}  `;
	const right = `  ${amount(job) || plain(job.progress.step) || 'working'}${more}  ${theme.paint('accent', 'ctrl-p')} details `;
	const space = width - cellWidth(left) - cellWidth(right);
	return fit(`${left}${space >= 8 ? bar(job.sum.percent ?? stepsDone(job), Math.min(space, 40), theme) : ''}${right}`, width);
};

const phaseTone: Readonly<Record<ProgressItem['phase'], Tone>> = {
	waiting: 'muted',
	fetching: 'plain',
	pushing: 'plain',
	reading: 'plain',
	writing: 'plain',
	unpacking: 'accent',
	done: 'good',
	exists: 'muted',
	mounted: 'good',
	failed: 'bad',
};

const steps: ReadonlySet<ProgressItem['phase']> = new Set(['waiting', 'writing', 'done', 'failed']);

const stepWords: Partial<Record<ProgressItem['phase'], string>> = {writing: 'doing'};

const isOver = ({phase}: ProgressItem): boolean => phase === 'done' || phase === 'exists' || phase === 'mounted';

const itemLine = (item: ProgressItem, rate: number | undefined, width: number, theme: Theme): string => {
	// A step, which has no size.
	if (item.totalBytes === 0 && item.doneBytes === 0 && steps.has(item.phase)) return ` ${theme.paint(phaseTone[item.phase], (stepWords[item.phase] ?? item.phase).padEnd(8))} ${truncate(plain(item.label), Math.max(10, width - 12))}`;
	const percent = isOver(item) ? 100 : item.totalBytes === undefined || item.totalBytes === 0 ? undefined : Math.min(100, (item.doneBytes / item.totalBytes) * 100);
	const size = item.totalBytes === undefined ? bytes(item.doneBytes) : `${bytes(isOver(item) ? item.totalBytes : item.doneBytes)}/${bytes(item.totalBytes)}`;
	const room = Math.max(4, Math.min(30, width - 56));
	const speed = rate === undefined ? '' : `  ${bytes(rate)}/s`;
	return ` ${fit(plain(item.label), 20)} ${theme.paint(phaseTone[item.phase], item.phase.padEnd(10))} ${bar(percent, room, theme)} ${size}${speed}`;
};

/** The parts that move come first; those that are over share a line when there is no room for each. */
const itemLines = ({progress, rates}: Job, width: number, high: number, theme: Theme): readonly string[] => {
	const {items} = progress;
	const line = (item: ProgressItem): string => itemLine(item, rates.get(item.id), width, theme);
	if (items.length <= high) return items.map(line);
	const waiting = items.filter(({phase}) => phase === 'waiting');
	const moving = items.filter((item) => !isOver(item) && item.phase !== 'waiting').slice(0, Math.max(1, high - 1));
	const over = items.filter(isOver).length;
	const rest = [over === 0 ? '' : `${over} done`, waiting.length === 0 ? '' : `${waiting.length} waiting`].filter((text) => text !== '').join(' · ');
	return [...moving.map(line), ` ${theme.paint('muted', rest)}`];
};

const failureLine = (job: Job): string => {
	if (job.failure !== undefined) return plain(job.failure);
	return `${job.status === 'running' ? plain(job.progress.step) || 'running' : job.status}  ${amount(job)}`;
};

/** All jobs with their parts, for the progress dialog. Those that run have a number, which is the key that cancels them. */
export const jobsLines = (jobs: readonly Job[], width: number, high: number, theme: Theme): readonly string[] => {
	if (jobs.length === 0) return [' Nothing has run yet.'];
	const running = jobs.filter(({status}) => status === 'running');
	// Two lines and a blank for each job; what is left is shared by the parts of those that run.
	const room = Math.max(3, Math.floor((high - 3 * Math.min(jobs.length, running.length + 1)) / Math.max(1, running.length)));
	return [...running, ...jobs.filter(({status}) => status !== 'running')].flatMap((job, at) => [
		` ${job.status === 'running' && at < 9 ? `${theme.paint('accent', String(at + 1))} ` : ''}${theme.paint('strong', truncate(plain(job.title), width - 4))}`,
		` ${theme.paint(job.status === 'failed' ? 'bad' : 'muted', failureLine(job))}`,
		...(job.status === 'running' ? itemLines(job, width, room, theme) : []),
		'',
	]);
};
