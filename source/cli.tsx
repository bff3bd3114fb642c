import process from 'node:process';
import {sentence} from './errors.ts';
import {plainFlags} from './wiring/plain-flags.ts';
import {readSettings} from './wiring/settings.ts';
import {hasVerb} from './commands/line/index.ts';

/** The version is the package's; the build writes it in. */
declare const GANTRY_VERSION: string | undefined;

const version = typeof GANTRY_VERSION === 'string' ? GANTRY_VERSION : 'development';

const isTerminal = process.stdout.isTTY === true && process.stdin.isTTY === true && process.env['TERM'] !== 'dumb';

const dashboard = async (argv: readonly string[]): Promise<number> => {
	const flags = plainFlags(argv) ?? (await import('./wiring/parse.ts')).parseDashboard(argv, version);
	if (typeof flags === 'number') return flags;
	const options = {flags, ...(await readSettings(flags, process.env)), environment: process.env};
	if (isTerminal && !flags.once && !flags.json) {
		const {runInteractive} = await import('./wiring/interactive.ts');
		return runInteractive(options);
	}
	const {runOnce} = await import('./wiring/once.ts');
	return runOnce(options, {
		out: (text) => process.stdout.write(text),
		error: (text) => process.stderr.write(text),
		isTTY: process.stdout.isTTY === true,
	});
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
