import {mkdtemp, mkdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createHost} from '../../../source/clients/host/index.ts';
import {createNetworkFiles} from '../../../source/clients/host/network-files.ts';
import type {PortMapping} from '../../../source/model/docker-ports.ts';
import {choosePorts} from '../../../source/services/networks/ports.ts';

const address = '/run/nowhere/containerd.sock';
let dataRoot: string;

beforeEach(async () => {
	dataRoot = await mkdtemp(join(tmpdir(), 'gantry-ports-'));
});
afterEach(async () => rm(dataRoot, {recursive: true, force: true}));

/** As each container of its own program: the lock is all that they share. */
const choose = async (id: number, first: number, last: number): Promise<number> => {
	const files = createNetworkFiles({address, dataRoot});
	const directory = createHost({address, dataRoot}).stateDir({namespace: 'default', id: String(id).padStart(64, '0')});
	await mkdir(directory, {recursive: true});
	const keep = async (ports: readonly PortMapping[]) => writeFile(join(directory, 'network-config.json'), JSON.stringify({portMappings: ports}));
	const [chosen] = await choosePorts(files, [{HostPort: 0, ContainerPort: 80, Protocol: 'sctp', HostIP: '127.0.0.1', choices: {first, last}}], {keep});
	return chosen!.HostPort;
};

test('containers that are made at once get a port each, though all of them want the first that is free', async () => {
	const ports = await Promise.all(Array.from({length: 12}, async (_, id) => choose(id, 21_000, 21_011)));
	expect([...ports].sort()).toEqual(Array.from({length: 12}, (_, at) => 21_000 + at));
	await expect(choose(12, 21_000, 21_011)).rejects.toThrow('There is no free port for 80/sctp between 21000 and 21011');
});

test('a port that could not be written down is nobody’s', async () => {
	const files = createNetworkFiles({address, dataRoot});
	const wanted = {HostPort: 0, ContainerPort: 80, Protocol: 'sctp', HostIP: '127.0.0.1', choices: {first: 21_020, last: 21_020}};
	await expect(choosePorts(files, [wanted], {keep: async () => Promise.reject(new Error('the disk is full'))})).rejects.toThrow('the disk is full');
	expect(await choose(1, 21_020, 21_020)).toBe(21_020);
});
