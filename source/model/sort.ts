export type Comparator<T> = (a: T, b: T) => number;

const zero = 48;
const isDigit = (code: number): boolean => code >= zero && code <= 57;

const folded = (code: number): number => (code >= 65 && code <= 90 ? code + 32 : code);

/**
Names as people count: `web-2` before `web-10`, ASCII case aside. A total order: names that differ only in case or in leading zeros are
told apart at the end, so that a live list never swaps two rows.
*/
export const naturalCompare: Comparator<string> = (a, b) => {
	if (a === b) return 0;
	let left = 0;
	let right = 0;
	while (left < a.length && right < b.length) {
		const one = a.charCodeAt(left);
		const other = b.charCodeAt(right);
		if (isDigit(one) && isDigit(other)) {
			while (a.charCodeAt(left) === zero) left++;
			while (b.charCodeAt(right) === zero) right++;
			const from = left;
			const otherFrom = right;
			while (left < a.length && isDigit(a.charCodeAt(left))) left++;
			while (right < b.length && isDigit(b.charCodeAt(right))) right++;
			const longer = left - from - (right - otherFrom);
			if (longer !== 0) return longer;
			const digits = a.slice(from, left);
			const otherDigits = b.slice(otherFrom, right);
			if (digits !== otherDigits) return digits < otherDigits ? -1 : 1;
			continue;
		}
		const difference = folded(one) - folded(other);
		if (difference !== 0) return difference;
		left++;
		right++;
	}
	return a.length - left - (b.length - right) || (a < b ? -1 : 1);
};

/** Not a subtraction: infinities must compare equal to themselves. */
export const numberCompare: Comparator<number> = (a, b) => (a === b ? 0 : a < b ? -1 : 1);

export const by =
	<T, K>(key: (row: T) => K, compare: Comparator<K>): Comparator<T> =>
	(a, b) =>
		compare(key(a), key(b));

export const descending =
	<T>(compare: Comparator<T>): Comparator<T> =>
	(a, b) =>
		compare(b, a);

/** The first that decides. */
export const chain =
	<T>(...comparators: ReadonlyArray<Comparator<T>>): Comparator<T> =>
	(a, b) => {
		for (const compare of comparators) {
			const order = compare(a, b);
			if (order !== 0) return order;
		}
		return 0;
	};

/** Keeps what has no value at the end, whichever way `compare` runs. */
export const missingLast =
	<T, K>(key: (row: T) => K | undefined, compare: Comparator<K>): Comparator<T> =>
	(a, b) => {
		const left = key(a);
		const right = key(b);
		if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
		return compare(left, right);
	};
