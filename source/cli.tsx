import process from 'node:process';
import {sentence} from './errors.ts';
import {skeleton} from './wiring/skeleton.ts';
import {hasVerb} from './commands/line/index.ts';

/** The version is the package's; the build writes it in. */
declare const GANTRY_VERSION: string | undefined;

const version = typeof GANTRY_VERSION === 'string' ? GANTRY_VERSION : 'development';

const dashboard = async (argv: readonly string[]): Promise<number> => {
	const {parseDashboard} = await import('./wiring/parse.ts');
	const flags = parseDashboard(argv, version);
	if (typeof flags === 'number') return flags;
	const {readSettings} = await import('./wiring/settings.ts');
	const options = {flags, ...(await readSettings(flags, process.env)), environment: process.env};
	const isTerminal = process.stdout.isTTY && process.stdin.isTTY && process.env['TERM'] !== 'dumb';
	if (flags.once || flags.json || !isTerminal) {
		const {runOnce} = await import('./wiring/once.ts');
		return runOnce(options, {
			out: (text) => process.stdout.write(text),
			error: (text) => process.stderr.write(text),
			isTTY: process.stdout.isTTY,
		});
	}
	const {runInteractive} = await import('./wiring/interactive.ts');
	return runInteractive(options, skeleton);
};

const main = async (argv: readonly string[]): Promise<number> => {
	if (!hasVerb(argv)) return dashboard(argv);
	const {runVerb} = await import('./wiring/line.ts');
	return runVerb(argv, version);
};

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	process.stderr.write(`gantry: ${sentence(error)}\n`);
	process.exitCode = 1;
}
// Open handles (a channel that reconnects, the terminal) must not keep a finished program alive.
process.exit();
