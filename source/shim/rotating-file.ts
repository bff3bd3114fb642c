import {closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';

export type RotatingFile = {
	/** Each record is written whole, to one file. */
	write(records: readonly string[]): void;
	/** Records that could not be written since the last success: a full disk must not stop the container. */
	lost(): number;
	close(): void;
};

const renameQuietly = (from: string, to: string): void => {
	try {
		renameSync(from, to);
	} catch {
		// There are fewer old files than there may be.
	}
};

const writeAll = (fd: number, bytes: Buffer): void => {
	for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset);
};

/** An append-only file that becomes `path.1`, `path.2`, … before a record would make it larger than `maxBytes`. */
export const openRotatingFile = ({path, maxBytes, maxFiles}: {readonly path: string; readonly maxBytes: number; readonly maxFiles: number}): RotatingFile => {
	const open = (): number => openSync(path, 'a', 0o600);
	mkdirSync(dirname(path), {recursive: true, mode: 0o700});
	let fd = open();
	let sizeBytes = fstatSync(fd).size;
	let lost = 0;
	// After a write that failed half-way: the next record must not be glued to the torn one.
	let isTorn = false;

	const append = (records: readonly string[]): void => {
		if (records.length === 0) return;
		const bytes = Buffer.from(isTorn ? `\n${records.join('')}` : records.join(''));
		try {
			writeAll(fd, bytes);
			sizeBytes += bytes.length;
			isTorn = false;
			lost = 0;
		} catch {
			lost += records.length;
			const actual = fstatSync(fd).size;
			isTorn = isTorn || actual !== sizeBytes;
			sizeBytes = actual;
		}
	};

	const rotate = (): void => {
		const old = fd;
		for (let number = maxFiles - 1; number > 1; number--) renameQuietly(`${path}.${number - 1}`, `${path}.${number}`);
		if (maxFiles > 1) renameQuietly(path, `${path}.1`);
		// A new file rather than a truncated one: who follows the log sees another inode and can finish reading the old one.
		else rmSync(path, {force: true});
		fd = open();
		// Only now, or the file system may give the new file the old one's inode.
		closeSync(old);
		sizeBytes = fstatSync(fd).size;
		isTorn = false;
	};

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
		close: () => closeSync(fd),
	};
};
