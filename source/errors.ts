/**
The closed list of what can go wrong, in words that do not depend on the transport.

Clients translate into these once (gRPC status, errno, HTTP status); everything inland decides on the code, never on the text.
`unsupported` is how we learn what a daemon can do: it comes from UNIMPLEMENTED and hides a pane or picks the other way.
*/
export type Code =
	| 'not-found'
	| 'already-exists'
	| 'conflict'
	| 'invalid'
	| 'denied'
	| 'unavailable'
	| 'timeout'
	| 'exhausted'
	| 'unsupported'
	| 'internal';

export type FailureOptions = {
	readonly cause?: unknown;
	/** The next step for the person who reads it, as an imperative sentence without a full stop. */
	readonly hint?: string;
};

/** The one error class. The message says what was being done to what and why it failed; the hint says what to do next. */
export class Failure extends Error {
	override readonly name = 'Failure';
	readonly code: Code;
	readonly hint: string | undefined;

	constructor(code: Code, message: string, options: FailureOptions = {}) {
		super(message, options.cause === undefined ? undefined : {cause: options.cause});
		this.code = code;
		this.hint = options.hint;
	}
}

export const isFailure = (error: unknown, code?: Code): error is Failure =>
	error instanceof Failure && (code === undefined || error.code === code);

/** Abort is not an error: it passes through every layer untouched. */
export const isAbort = (error: unknown): boolean =>
	error instanceof Error && (error.name === 'AbortError' || (error as {code?: unknown}).code === 'ABORT_ERR');

/** The text of anything that was thrown, without a class name. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
Say what was being done to what, and keep the code, the cause and the hint: `failing('stop web', error)` reads
`Could not stop web: no such task`. An abort is returned as it is.
*/
export const failing = (action: string, error: unknown, hint?: string): Error => {
	if (isAbort(error)) return error as Error;
	const nextStep = hint ?? (error instanceof Failure ? error.hint : undefined);
	return new Failure(error instanceof Failure ? error.code : 'internal', `Could not ${action}: ${messageOf(error)}`, {
		cause: error,
		...(nextStep === undefined ? {} : {hint: nextStep}),
	});
};

/** The sentence shown to a person: what failed, why, and the next step. */
export const sentence = (error: unknown): string => {
	const hint = error instanceof Failure && error.hint !== undefined ? ` — ${error.hint}` : '';
	return `${messageOf(error)}${hint}`;
};

/** What many-at-once operations answer: one failure never stops the rest. */
export type Outcome<Id> = {
	readonly done: readonly Id[];
	readonly failed: ReadonlyArray<{readonly id: Id; readonly error: unknown}>;
};
