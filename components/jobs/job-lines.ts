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
	const parts = [
		sum.percent === undefined ? '' : `${sum.percent}%`,
		sum.doneBytes === 0 && sum.totalBytes === undefined ? '' : `${bytes(sum.doneBytes)}${sum.totalBytes === undefined ? '' : `/${bytes(sum.totalBytes)}`}`,
		pace.rate === undefined ? '' : `${bytes(pace.rate)}/s`,
		pace.remainingMs === undefined ? '' : `${duration(pace.remainingMs)} left`,
	];
	return parts.filter((part) => part !== '').join('  ');
};

/** The line above the footer while something runs. */
export const jobLine = (jobs: readonly Job[], width: number, theme: Theme): string => {
	const active = jobs.filter(({status}) => status === 'running');
	const job = active[0];
	if (job === undefined) return fit('', width);
	const more = active.length > 1 ? `  +${active.length - 1} more` : '';
	const left = ` ${theme.paint('accent', theme.ascii ? '>' : '↻')} ${truncate(plain(job.title), Math.max(10, Math.floor(width / 3)))}  `;
	const right = `  ${amount(job) || plain(job.progress.step) || 'working'}${more}  ${theme.paint('accent', 'ctrl-p')} details `;
	const space = width - cellWidth(left) - cellWidth(right);
	return fit(`${left}${space >= 8 ? bar(job.sum.percent, Math.min(space, 40), theme) : ''}${right}`, width);
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

const itemLine = (item: ProgressItem, width: number, theme: Theme): string => {
	const isOver = item.phase === 'done' || item.phase === 'exists' || item.phase === 'mounted';
	const percent = isOver ? 100 : item.totalBytes === undefined || item.totalBytes === 0 ? undefined : Math.min(100, (item.doneBytes / item.totalBytes) * 100);
	const size = item.totalBytes === undefined ? bytes(item.doneBytes) : `${bytes(isOver ? item.totalBytes : item.doneBytes)}/${bytes(item.totalBytes)}`;
	const room = Math.max(4, Math.min(30, width - 46));
	return ` ${fit(plain(item.label), 20)} ${theme.paint(phaseTone[item.phase], item.phase.padEnd(10))} ${bar(percent, room, theme)} ${size}`;
};

/** All jobs with their parts, for the progress dialog. */
export const jobsLines = (jobs: readonly Job[], width: number, theme: Theme): readonly string[] =>
	jobs.length === 0
		? [' Nothing has run yet.']
		: jobs.flatMap((job) => [
				` ${theme.paint('strong', truncate(plain(job.title), width - 4))}`,
				` ${theme.paint(job.status === 'failed' ? 'bad' : 'muted', job.failure === undefined ? `${job.status === 'running' ? plain(job.progress.step) || 'running' : job.status}  ${amount(job)}` : plain(job.failure))}`,
				...(job.status === 'running' ? job.progress.items.map((item) => itemLine(item, width, theme)) : []),
				'',
			]);
