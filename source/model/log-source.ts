/** Where a container's output can be read. `cri` names the newest instance's file; earlier ones lie beside it. */
export type LogSource =
	| {readonly kind: 'json-file'; readonly path: string}
	| {readonly kind: 'cri'; readonly path: string}
	| {readonly kind: 'raw'; readonly path: string}
	| {readonly kind: 'none'; readonly reason: string; readonly hint?: string};

export type ReadableLogSource = Exclude<LogSource, {kind: 'none'}>;
