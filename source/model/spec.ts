/** The parts of an OCI runtime spec that the details show. Everything in it is somebody's JSON: nothing is taken for granted. */
export type SpecView = {
	readonly env: ReadonlyArray<{readonly name: string; readonly value: string}>;
	readonly mounts: ReadonlyArray<{readonly destination: string; readonly type: string; readonly source: string; readonly options: string}>;
};

const record = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {});

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const text = (value: unknown): string => (typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value));

export const specView = (spec: unknown): SpecView => ({
	env: list(record(record(spec)['process'])['env']).map((entry) => {
		const line = text(entry);
		const at = line.indexOf('=');
		return at < 0 ? {name: line, value: ''} : {name: line.slice(0, at), value: line.slice(at + 1)};
	}),
	mounts: list(record(spec)['mounts']).map((entry) => {
		const mount = record(entry);
		return {
			destination: text(mount['destination']),
			type: text(mount['type']),
			source: text(mount['source']),
			options: list(mount['options']).map(text).join(','),
		};
	}),
});
