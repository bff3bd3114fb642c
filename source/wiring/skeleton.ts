/**
The outline of the first frame, painted before React and Ink are loaded. Plain strings and no imports: every module that is read before
this is time in front of a blank screen. Ink paints over it line by line with the same geometry.
*/
export const skeleton = (columns: number, rows: number): string => {
	const text = 'connecting…';
	const left = Math.max(1, Math.floor((columns - text.length) / 2));
	return `\u001B[1;2H\u001B[1mgantry\u001B[22m\u001B[${Math.max(1, Math.floor(rows / 2))};${left}H\u001B[2m${text}\u001B[22m\u001B[H`;
};
