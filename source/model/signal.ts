/**
Linux signal numbers, the same on every architecture containerd runs on except mips and the like. Real-time signals are glibc's
range 34–64, as runc and nerdctl (`moby/sys/signal`) number them.
*/
const numbers: Readonly<Record<string, number>> = {
	HUP: 1,
	INT: 2,
	QUIT: 3,
	ILL: 4,
	TRAP: 5,
	ABRT: 6,
	BUS: 7,
	FPE: 8,
	KILL: 9,
	USR1: 10,
	SEGV: 11,
	USR2: 12,
	PIPE: 13,
	ALRM: 14,
	TERM: 15,
	STKFLT: 16,
	CHLD: 17,
	CONT: 18,
	STOP: 19,
	TSTP: 20,
	TTIN: 21,
	TTOU: 22,
	URG: 23,
	XCPU: 24,
	XFSZ: 25,
	VTALRM: 26,
	PROF: 27,
	WINCH: 28,
	IO: 29,
	PWR: 30,
	SYS: 31,
};

const aliases: Readonly<Record<string, number>> = {IOT: 6, CLD: 17, POLL: 29, UNUSED: 31};
const realTimeMinimum = 34;
const realTimeMaximum = 64;

const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]));

const realTime = (text: string): number | undefined => {
	const match = /^RT(?:MIN(?:\+(\d{1,2}))?|MAX(?:-(\d{1,2}))?)$/.exec(text);
	if (match === null) return undefined;
	const number = text.startsWith('RTMIN') ? realTimeMinimum + Number(match[1] ?? 0) : realTimeMaximum - Number(match[2] ?? 0);
	return number >= realTimeMinimum && number <= realTimeMaximum ? number : undefined;
};

/** `SIGTERM`, `term`, `15` or `RTMIN+3` to a number; undefined for anything else. */
export const signalNumber = (text: string): number | undefined => {
	const trimmed = text.trim();
	if (/^\d{1,2}$/.test(trimmed)) {
		const number = Number(trimmed);
		return number >= 1 && number <= realTimeMaximum ? number : undefined;
	}
	const name = trimmed.toUpperCase().replace(/^SIG/, '');
	return Object.hasOwn(numbers, name) ? numbers[name] : Object.hasOwn(aliases, name) ? aliases[name] : realTime(name);
};

/** `SIGTERM`, `SIGRTMIN+3`; a number that has no name stays a number. */
export const signalName = (number: number): string => {
	const name = names.get(number);
	if (name !== undefined) return `SIG${name}`;
	if (number === realTimeMaximum) return 'SIGRTMAX';
	if (number === realTimeMinimum) return 'SIGRTMIN';
	return number > realTimeMinimum && number < realTimeMaximum ? `SIGRTMIN+${number - realTimeMinimum}` : String(number);
};

/** For menus: the named signals in order of number. */
export const signals: ReadonlyArray<{readonly number: number; readonly name: string}> = Object.entries(numbers).map(([name, number]) => ({
	number,
	name: `SIG${name}`,
}));
