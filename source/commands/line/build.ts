import {writeFile} from 'node:fs/promises';
import process from 'node:process';
import {Failure, isAbort} from '../../errors.ts';
import {type BuildResult, troubleOf} from '../../services/builds/index.ts';
import {type BuildOutputView, buildOutputView, troubleLines} from './build-output.ts';
import {buildFlags, buildOrderOf, buildRequestOf, refusedBuildFlags} from './build-request.ts';
import {findBuildkit} from './buildkit-host.ts';
import {print} from './output.ts';
import {defineLine, type LineContext, type Surroundings} from './types.ts';
import type {ValuesOf} from './flag-types.ts';

type Values = ValuesOf<typeof buildFlags>;

const progressKind = (said: string, {terminal}: Pick<Surroundings, 'terminal'>): 'plain' | 'tty' | 'json' => {
	if (said === 'auto') return terminal.isTTY ? 'tty' : 'plain';
	if (said === 'plain' || said === 'tty') return said;
	if (said === 'json' || said === 'rawjson') return 'json';
	throw new Failure('invalid', `--progress is ${JSON.stringify(said)}`, {hint: 'say auto, plain, tty or json'});
};

/** What the exporters say: some of it is JSON in base64, which is written as what it is. */
const metadataOf = ({response}: BuildResult): Readonly<Record<string, unknown>> =>
	Object.fromEntries(
		Object.entries(response).map(([key, value]) => {
			try {
				const decoded: unknown = JSON.parse(Buffer.from(value, 'base64').toString());
				return [key, typeof decoded === 'object' && decoded !== null ? decoded : value];
			} catch {
				return [key, value];
			}
		}),
	);

const tell = async (context: LineContext<Values>, result: BuildResult): Promise<void> => {
	const {iidfile, metadataFile, quiet} = context.flags;
	if (iidfile !== undefined) await writeFile(iidfile, result.digest ?? '');
	if (metadataFile !== undefined) await writeFile(metadataFile, `${JSON.stringify(metadataOf(result), undefined, 2)}\n`);
	if (quiet) await print(context, result.digest === undefined ? '' : `${result.digest}\n`);
	else await print(context, result.images.map(name => `Loaded image: ${name}\n`).join(''));
};

const explain = (context: LineContext<Values>, view: BuildOutputView, error: unknown): void => {
	const trouble = troubleOf(error);
	if (isAbort(error) || trouble === undefined) return;
	context.stderr.write(troubleLines(trouble, view.lastLines(trouble.vertex)).map(line => `${line}\n`).join(''));
};

export const build = defineLine({
	verbs: ['build', 'image build', 'builder build'],
	summary: 'Build an image from a Dockerfile, with BuildKit',
	usage: '[flags] PATH | URL | -',
	arity: {least: 1, most: 1},
	flags: buildFlags,
	refused: refusedBuildFlags,
	async run(context) {
		const {services, stderr, terminal, clock, signal} = context;
		const kind = progressKind(context.flags.progress, context);
		const request = await buildRequestOf(context, process.cwd());
		const address = await findBuildkit(context, context.flags.buildkitHost);
		const view = buildOutputView(kind, {to: stderr, terminal, clock});
		try {
			const result = await services.buildRuns.build({...request, address}, {by: 'command line', order: buildOrderOf(context, process.cwd())}, {signal, ...(context.flags.quiet ? {} : {onStatus: view.onStatus})});
			if (!context.flags.quiet) view.end();
			await tell(context, result);
			return 0;
		} catch (error) {
			if (!context.flags.quiet) view.end();
			explain(context, view, error);
			throw error;
		}
	},
});
