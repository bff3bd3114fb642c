/** JSON whose whole numbers keep all their digits: no limit is 2⁶⁴−1 in an OCI spec, which is more than a number can say. */
export const parseExactly = (json: string): unknown =>
	JSON.parse(json, (_, value: unknown, context?: {readonly source?: string}) =>
		typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '') ? BigInt(context?.source ?? '') : value,
	);
