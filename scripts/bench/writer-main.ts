/** The process behind `startWriter`. */
import {closeSync, openSync, renameSync, writeSync} from 'node:fs';
import {createInterface} from 'node:readline';
import type {WriterOptions} from './writer.ts';

const {path, linesPerSecond, rotateAtBytes} = JSON.parse(process.argv[2] ?? '{}') as WriterOptions;
let file = openSync(path, 'a');
let bytes = 0;
let written = 0;
const beganAt = performance.now();

const lineAt = (number: number, time: string): string =>
	`{"log":"flood ${String(number).padStart(9, '0')} GET /api/items/${number % 9973} 200 ${number % 97}ms agent=curl\\n","stream":"stdout","time":"${time}"}\n`;

const write = (): void => {
	const wanted = Math.floor(((performance.now() - beganAt) / 1000) * linesPerSecond);
	const time = new Date().toISOString().replace('Z', '000000Z');
	let text = '';
	for (; written < wanted; written += 1) text += lineAt(written + 1, time);
	if (text !== '') bytes += writeSync(file, text);
	if (bytes < rotateAtBytes) return;
	closeSync(file);
	renameSync(path, `${path}.1`);
	file = openSync(path, 'a');
	bytes = 0;
};

setInterval(write, 10);
createInterface(process.stdin).on('line', () => process.stdout.write(`${written}\n`));
process.stdin.on('end', () => process.exit(0));
process.stdout.write('ready\n');
