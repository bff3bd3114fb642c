import {Failure} from '../../errors.ts';

const units: Readonly<Record<string, number>> = {ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000};

/** A span as Go writes it: `90s`, `1h30m`, `1.5h`, and 0 without a unit. Milliseconds. */
export const durationOf = (flag: string, text: string): number => {
	if (text.startsWith('-')) throw new Failure('invalid', `--${flag} cannot be negative`);
	if (/^\+?0$/.test(text)) return 0;
	if (!/^\+?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.test(text))
		throw new Failure('invalid', `--${flag} is ${JSON.stringify(text)}, which is no span of time`, {hint: 'write it as 30s or 1m30s'});
	return [...text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)].reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0), 0);
};
