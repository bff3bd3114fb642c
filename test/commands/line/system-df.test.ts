import {afterAll, beforeAll, expect, test} from 'vitest';
import {type LineBench, openLineBench} from './surroundings.ts';

let bench: LineBench;

beforeAll(async () => {
	bench = await openLineBench();
});

afterAll(async () => {
	await bench.close();
});

test('system df counts every kind, in docker\'s columns', async () => {
	const {code, out} = await bench.run(['system', 'df']);
	expect(code).toBe(0);
	const [header, ...rows] = out.trimEnd().split('\n');
	expect(header).toMatch(/^TYPE\s+TOTAL\s+ACTIVE\s+SIZE\s+RECLAIMABLE$/);
	expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(['Images', 'Containers', 'Local Volumes', 'Build Cache', 'Unreferenced']);
});

test('a template sees the fields by their names', async () => {
	const {out} = await bench.run(['system', 'df', '--format', '{{.Type}}={{.TotalCount}}']);
	expect(out).toMatch(/^Images=\d+\nContainers=\d+\n/);
});

test('-v names every image and container', async () => {
	const {out} = await bench.run(['system', 'df', '-v']);
	expect(out).toContain('Images space usage:');
	expect(out).toContain('Containers space usage:');
});
