/** The last `capacity` numbers, oldest first. Fixed memory: a two-minute history at 1 Hz is 960 bytes. */
export type Ring = {
	readonly capacity: number;
	readonly size: number;
	push(value: number): void;
	last(): number | undefined;
	max(): number;
	/** A copy, of the newest `count` when given. */
	values(count?: number): readonly number[];
	clear(): void;
};

export const createRing = (capacity: number): Ring => {
	const slots = new Float64Array(capacity);
	let next = 0;
	let size = 0;
	const values = (count = size): readonly number[] => {
		const wanted = Math.max(0, Math.min(count, size));
		return Array.from({length: wanted}, (_, index) => slots[(next - wanted + index + capacity) % capacity] ?? 0);
	};
	return {
		capacity,
		get size() {
			return size;
		},
		push(value) {
			slots[next] = value;
			next = (next + 1) % capacity;
			size = Math.min(size + 1, capacity);
		},
		last: () => (size === 0 ? undefined : slots[(next - 1 + capacity) % capacity]),
		max: () => values().reduce((highest, value) => Math.max(highest, value), 0),
		values,
		clear() {
			next = 0;
			size = 0;
		},
	};
};
