import {Failure} from '../../errors.ts';

const factors: Readonly<Record<string, number>> = {'': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50};

/** `64m`, `1.5GiB`, `1 kb`, `512`: whatever the letter, it is of 1024s, as Docker's RAMInBytes has it. Undefined when it is none. */
export const parseBytes = (text: string): number | undefined => {
	const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text.trim());
	if (match === null) return undefined;
	const bytes = Math.trunc(Number(match[1]) * (factors[(match[2] ?? '').toLowerCase()] ?? 1));
	return Number.isSafeInteger(bytes) ? bytes : undefined;
};

/** The bytes that a flag says. */
export const bytesOf = (flag: string, text: string): number => {
	const bytes = parseBytes(text);
	if (bytes === undefined) throw new Failure('invalid', `--${flag} is ${JSON.stringify(text)}, which is no size`, {hint: 'write it as 512m or 2g'});
	return bytes;
};
