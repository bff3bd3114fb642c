import {type Code, Failure} from '../../errors.ts';
import type {BuildTrouble, SourceRange} from '../../model/build.ts';
import {Status} from '../../protocol/generated/rpc-status.ts';

const carrier = Symbol('what a failed build says besides');

type Carried = Failure & {[carrier]?: BuildTrouble};

export const withTrouble = (code: Code, message: string, trouble: BuildTrouble | undefined): Failure => {
	const failure: Carried = new Failure(code, message);
	if (trouble !== undefined) failure[carrier] = trouble;
	return failure;
};

/** What one daemon says to another, or we to it in a session, comes back with Go's way of printing a gRPC status around it. */
export const spokenDetails = (details: string): string => details.replaceAll(/rpc error: code = \w+ desc = /g, '');

/** What BuildKit said besides about this failure or one that caused it. */
export const troubleOf = (error: unknown): BuildTrouble | undefined => {
	for (let at = error; at instanceof Error; at = at.cause) {
		const found = (at as Carried)[carrier];
		if (found !== undefined) return found;
	}

	return undefined;
};

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

const whole = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) ? value : 0);

const lineOf = (position: unknown): number => (isJson(position) ? whole(position['line']) : 0);

const rangeOf = (range: Json): SourceRange => {
	const first = lineOf(range['start']);
	return {first, last: Math.max(first, lineOf(range['end']))};
};

/** Type URLs are those of Go's typeurl, and the values JSON: no registry of messages is needed. */
const detailsOf = (bytes: Uint8Array): ReadonlyArray<{readonly type: string; readonly value: Json}> =>
	Status.decode(bytes).details.flatMap(({typeUrl, value}) => {
		try {
			const parsed: unknown = JSON.parse(Buffer.from(value).toString());
			const type = /([A-Za-z]+)(?:\+json)?$/.exec(typeUrl)?.[1] ?? '';
			return isJson(parsed) ? [{type, value: parsed}] : [];
		} catch {
			return [];
		}
	});

/** What is not understood is left out: the message alone is enough to go on. */
export const troubleIn = (more: Uint8Array | undefined): BuildTrouble | undefined => {
	if (more === undefined) return undefined;
	try {
		const details = detailsOf(more);
		const exit = details.find(({type}) => type === 'ExitMessage')?.value;
		const vertex = details.find(({type}) => type === 'Vertex')?.value;
		const sources = details
			.filter(({type}) => type === 'Source')
			.map(({value}) => {
				const info = isJson(value['info']) ? value['info'] : {};
				return {
					file: typeof info['filename'] === 'string' ? info['filename'] : '',
					text: typeof info['data'] === 'string' ? Buffer.from(info['data'], 'base64').toString() : '',
					ranges: list(value['ranges']).map(rangeOf),
				};
			});
		return {
			sources,
			exitCode: exit === undefined ? undefined : whole(exit['Code'] ?? exit['code']),
			vertex: typeof vertex?.['digest'] === 'string' ? vertex['digest'] : undefined,
		};
	} catch {
		return undefined;
	}
};
