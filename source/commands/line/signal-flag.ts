import {Failure} from '../../errors.ts';
import {signalNumber} from '../../model/signal.ts';

/** The number of `-s`; undefined when it was not given. */
export const signalFlag = (text: string | undefined): number | undefined => {
	if (text === undefined) return undefined;
	const number = signalNumber(text);
	if (number === undefined)
		throw new Failure('invalid', `Invalid signal: ${text}`, {hint: 'name one as kill does, such as TERM, HUP or 9'});
	return number;
};

/** The milliseconds of `-t`. */
export const timeFlag = (seconds: number | undefined): number | undefined => {
	if (seconds !== undefined && seconds < 0) throw new Failure('invalid', `-t, --time must not be negative, got ${seconds}`);
	return seconds === undefined ? undefined : seconds * 1000;
};
