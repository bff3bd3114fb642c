import {Transform} from 'node:stream';
import {Failure} from '../../errors.ts';

const keyBytes = (key: string): number => {
	const control = /^ctrl-([a-z@[\\\]^_])$/i.exec(key)?.[1];
	if (control !== undefined) return control.toUpperCase().charCodeAt(0) - 64;
	if (key.length === 1 && key.charCodeAt(0) < 128) return key.charCodeAt(0);
	throw new Failure('invalid', `invalid detach keys: ${JSON.stringify(key)} is no key`, {hint: 'write them as ctrl-p,ctrl-q or as single characters'});
};

export const detachKeysFlag = {
	type: 'string',
	default: 'ctrl-p,ctrl-q',
	placeholder: 'KEYS',
	help: 'Keys that leave the container running',
} as const;

/** The bytes of `ctrl-p,ctrl-q`; an empty text means that nothing detaches. */
export const parseDetachKeys = (text: string): readonly number[] => (text === '' ? [] : text.split(',').map(keyBytes));

/**
Passes what is typed, but for the keys, pressed one after the other: they call `onDetach`, and nothing of them or after them is passed. What begins
like them is held until it is known not to be them.
*/
export const detachable = (keys: readonly number[], onDetach: () => void): Transform => {
	let matched = 0;
	let isOver = false;
	return new Transform({
		transform(chunk: Buffer, _encoding, done) {
			const passed: number[] = [];
			for (const byte of chunk) {
				if (isOver) break;
				if (byte === keys[matched]) {
					matched++;
					isOver = matched === keys.length;
					continue;
				}
				passed.push(...keys.slice(0, matched));
				matched = byte === keys[0] ? 1 : 0;
				if (matched === 0) passed.push(byte);
			}
			if (passed.length > 0) this.push(Buffer.from(passed));
			if (isOver) onDetach();
			done();
		},
		flush(done) {
			if (!isOver && matched > 0) this.push(Buffer.from(keys.slice(0, matched)));
			done();
		},
	});
};
