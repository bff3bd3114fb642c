import {closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';

export type RotatingFile = {
	/** Each record is in one file, whole or not at all. Never throws: a full disk must not stop the container. */
	write(records: readonly string[]): void;
	/** Records that could not be written and that no line of the file tells of yet. */
	lost(): number;
	/** What is still lost is told now, if there is room for that. */
	close(): void;
};

export type RotatingFileOptions = {
	readonly path: string;
	readonly maxBytes: number;
	readonly maxFiles: number;
	/** The record that says how many were lost. */
	readonly lostRecord: (count: number) => string;
};

const renameQuietly = (from: string, to: string): void => {
	try {
		renameSync(from, to);
	} catch {
		// There are fewer old files than there may be.
	}
};

/** How many bytes got there. Also of a part of them it is said: on a full disk the first call takes what fits and the second one fails. */
const writeWhatFits = (fd: number, bytes: Buffer): number => {
	let written = 0;
	try {
		while (written < bytes.length) written += writeSync(fd, bytes, written);
	} catch {
		// The count tells.
	}
	return written;
};

/** Whether the file ends in the middle of a record: whoever wrote it was killed. */
const endsTorn = (path: string, sizeBytes: number): boolean => {
	if (sizeBytes === 0) return false;
	const fd = openSync(path, 'r');
	try {
		const last = Buffer.alloc(1);
		return readSync(fd, last, 0, 1, sizeBytes - 1) === 1 && last[0] !== 0x0a;
	} finally {
		closeSync(fd);
	}
};

/** The records that lie whole within so many bytes. */
const wholeWithin = (records: readonly string[], bytes: number): {readonly count: number; readonly bytes: number} => {
	let [count, used] = [0, 0];
	for (const record of records) {
		const next = used + Buffer.byteLength(record);
		if (next > bytes) break;
		used = next;
		count += 1;
	}
	return {count, bytes: used};
};

/**
An append-only file that becomes `path.1`, `path.2`, … before a record would make it larger than `maxBytes`. Of a record that does not fit on the
disk nothing stays; it is counted, and the next one that fits has a line before it that says so.
*/
export const openRotatingFile = ({path, maxBytes, maxFiles, lostRecord}: RotatingFileOptions): RotatingFile => {
	const open = (name = path): number => openSync(name, 'a', 0o600);
	mkdirSync(dirname(path), {recursive: true, mode: 0o700});
	let fd = open();
	let sizeBytes = fstatSync(fd).size;
	let lost = 0;
	// The half of a record that could not be taken back: the next one must not be glued to it.
	let isTorn = endsTorn(path, sizeBytes);

	/** Back to the end of the last whole record. The size is asked for, since somebody may have emptied the file. */
	const takeBack = (halfBytes: number): void => {
		try {
			sizeBytes = fstatSync(fd).size;
			if (halfBytes === 0) return;
			ftruncateSync(fd, Math.max(0, sizeBytes - halfBytes));
			sizeBytes = Math.max(0, sizeBytes - halfBytes);
		} catch {
			isTorn = true;
		}
	};

	/** Answers how many of the records are in the file. */
	const appendWhole = (records: readonly string[]): number => {
		const bytes = Buffer.from(isTorn ? `\n${records.join('')}` : records.join(''));
		const written = writeWhatFits(fd, bytes);
		if (written === bytes.length) {
			sizeBytes += written;
			isTorn = false;
			return records.length;
		}
		const breakBytes = isTorn && written > 0 ? 1 : 0;
		const whole = wholeWithin(records, written - breakBytes);
		if (whole.count > 0) isTorn = false;
		takeBack(whole.count === 0 ? written : written - breakBytes - whole.bytes);
		return whole.count;
	};

	const append = (records: readonly string[]): void => {
		const [first, ...rest] = records;
		if (first === undefined) return;
		if (lost === 0) {
			lost = records.length - appendWhole(records);
			return;
		}
		// Together with a record that fits, or the last free bytes of the disk would be filled with nothing but this.
		const written = appendWhole([`${lostRecord(lost)}${first}`, ...rest]);
		lost = (written === 0 ? lost : 0) + records.length - written;
	};

	/** The new file is there before the old one is put aside: when it can not be made, the old one grows on. */
	const rotate = (): void => {
		const next = `${path}.next`;
		let made: number;
		try {
			made = open(next);
		} catch {
			return;
		}
		for (let number = maxFiles - 1; number > 1; number--) renameQuietly(`${path}.${number - 1}`, `${path}.${number}`);
		if (maxFiles > 1) renameQuietly(path, `${path}.1`);
		// Another inode, rather than a truncated file: who follows the log sees that and can finish reading the old one.
		renameQuietly(next, path);
		const old = fd;
		fd = made;
		closeSync(old);
		sizeBytes = fstatSync(fd).size;
		isTorn = false;
	};

	rmSync(`${path}.next`, {force: true});
	return {
		write(records) {
			let batch: string[] = [];
			let batchBytes = 0;
			for (const record of records) {
				const recordBytes = Buffer.byteLength(record);
				if (sizeBytes + batchBytes + recordBytes > maxBytes && sizeBytes + batchBytes > 0) {
					append(batch);
					rotate();
					batch = [];
					batchBytes = 0;
				}

				batch.push(record);
				batchBytes += recordBytes;
			}

			append(batch);
		},
		lost: () => lost,
		close() {
			if (lost > 0 && appendWhole([lostRecord(lost)]) === 1) lost = 0;
			closeSync(fd);
		},
	};
};
