import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {chainIds} from '../../../source/services/images/index.ts';
import {labels} from '../../../source/model/labels.ts';
import {type StoredImage, storeImage} from './store.ts';
import {hour, id, type LineBench, now, openLineBench} from './surroundings.ts';

let bench: LineBench;
let stored: StoredImage;
const chain = chainIds([`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`]);

beforeAll(async () => {
	bench = await openLineBench();
	const {fake} = bench;
	stored = storeImage(
		fake,
		{
			names: ['docker.io/library/web:1', 'docker.io/library/web:latest', 'registry.test/shop/web:2'],
			createdAt: now - 2 * hour,
			labels: {tier: 'front'},
		},
		chain,
	);
	storeImage(fake, {names: [`overlayfs@sha256:${'e'.repeat(64)}`], createdAt: now - 3 * hour, architecture: 'riscv64'}, []);
	fake.addImage({name: 'docker.io/library/gone:1', createdAt: now - 4 * hour});
	fake.addContainer({id: id('a'), image: 'docker.io/library/web:1', labels: {[labels.name]: 'user'}});
	fake.addSnapshot({key: id('a'), kind: 'active', parent: chain.at(-1) ?? ''});
});

afterAll(async () => bench.close());

const short = () => stored.digest.slice(7, 19);
const lines = async (...argv: readonly string[]) => (await bench.run(argv)).out.trimEnd().split('\n');

describe('images', () => {
	test('the list of docker 29: names first, what has none last, U for those in use', async () => {
		const [head, ...rows] = await lines('images');
		expect(head).toMatch(/^IMAGE +ID +DISK USAGE +CONTENT SIZE +EXTRA$/);
		expect(rows.map(row => row.split(/ {2,}/))).toEqual([
			['registry.test/shop/web:2', short(), '3.56MB', '1.05MB', 'U'],
			['web:1', short(), '3.56MB', '1.05MB', 'U'],
			['web:latest', short(), '3.56MB', '1.05MB', 'U'],
			// Its layers are those of web: the snapshots are shared, and each name is charged with them.
			['<untagged>', expect.any(String), '3.56MB', '1.05MB'],
		]);
	});

	test('a terminal is told what U means', async () => {
		const {out} = await bench.run(['images'], {terminal: {isTTY: true, columns: 60}});
		expect(out.split('\n')[0]).toBe('i Info →   U  In Use'.padStart(60));
	});

	test('the older table, with any of its flags', async () => {
		const [head, first] = await lines('images', '--format', 'table', 'registry.test/shop/web:2');
		expect(head).toMatch(/^REPOSITORY +TAG +IMAGE ID +CREATED +PLATFORM +SIZE +BLOB SIZE$/);
		expect(first?.split(/ {2,}/)).toEqual([
			'registry.test/shop/web',
			'2',
			short(),
			'2 hours ago',
			expect.stringMatching(/^linux\//),
			'2.512MB',
			expect.stringMatching(/^1\.05\dMB$/),
		]);
		expect((await lines('images', '--names'))[0]).toMatch(/^NAME +IMAGE ID/);
		expect((await lines('images', '--digests'))[0]).toMatch(/^REPOSITORY +TAG +DIGEST +IMAGE ID/);
		expect((await lines('images', '--no-trunc', 'web:1'))[1]).toContain(`${stored.digest}    2 hours ago`);
		expect(await lines('image', 'ls', '-q', 'web:1')).toEqual([short()]);
	});

	test('json has the fields of nerdctl', async () => {
		const [text = ''] = await lines('images', '--format', 'json', 'web:1');
		expect(Object.keys(JSON.parse(text) as object)).toEqual([
			'CreatedAt',
			'CreatedSince',
			'Digest',
			'ID',
			'Repository',
			'Tag',
			'Name',
			'Size',
			'BlobSize',
			'Platform',
		]);
		expect(JSON.parse(text)).toMatchObject({
			CreatedSince: '2 hours ago',
			Digest: stored.digest,
			Repository: 'web',
			Tag: '1',
			Name: 'docker.io/library/web:1',
			Size: '2.512MB',
		});
	});

	test.each([
		[['web'], ['web:1', 'web:latest']],
		[['web:latest'], ['web:latest']],
		[['shop/web'], []],
		[['-f', 'dangling=true'], ['overlayfs:<none>']],
		[
			['-f', 'dangling=false', 'web'],
			['web:1', 'web:latest'],
		],
		[['-f', 'reference=w[e]b:latest'], ['web:latest']],
		[['-f', 'reference=*b:1'], ['web:1']],
		[['-f', 'reference=*:2'], []],
		[['-f', 'reference=registry.test/*/web'], ['registry.test/shop/web:2']],
		[['-f', 'reference=^registry'], ['registry.test/shop/web:2']],
		[
			['-f', 'label=tier=front', 'web'],
			['web:1', 'web:latest'],
		],
		[['-f', 'label=tier=back'], []],
		[['-f', 'before=web:1'], ['overlayfs:<none>']],
		[['-f', 'since=web:1'], []],
	] as const)('%j', async (argv, wanted) => {
		const {out} = await bench.run(['images', '--format', '{{.Repository}}:{{.Tag}}', ...argv]);
		expect(out.trim().split('\n').filter(Boolean)).toEqual(wanted);
	});

	test.each([
		[['-f', 'dangling=maybe'], 'invalid filter "dangling=maybe"'],
		[['-f', 'color=red'], 'invalid filter "color=red"'],
		[['-f', 'before=nope'], 'no such image: nope'],
		[['UPPER//case'], '"UPPER//case" is not an image reference'],
		[['-q', '--format', '{{.ID}}'], 'format and quiet must not be specified together'],
	] as const)('%j is refused', async (argv, problem) => {
		expect(await bench.run(['images', ...argv])).toMatchObject({code: 1, out: '', err: expect.stringContaining(problem)});
	});
});

describe('history', () => {
	test('the newest line first, layers by their snapshot', async () => {
		const {code, out} = await bench.run(['history', 'web:1']);
		expect(code).toBe(0);
		expect(
			out,
		).toBe(`SNAPSHOT                                         CREATED         CREATED BY                                       SIZE       COMMENT
${chain[1]?.slice(0, 44)}…    3 months ago    RUN make                                         12.35kB    buildkit
<missing>                                        4 months ago    ENV A=1                                          0B${' '.repeat(9)}
${chain[0]?.slice(0, 44)}…    4 months ago    /bin/sh -c #(nop) ADD file:busybox in / and …    2.5MB${' '.repeat(6)}
`);
	});

	test('raw, quiet and by template', async () => {
		expect((await bench.run(['history', '-H=false', '--format', '{{.Size}} {{.CreatedSince}}', 'web:1'])).out).toMatch(
			/^12345 2024-02-01T\S+\n0 2024-01-01T\S+\n2500000 /,
		);
		expect(await lines('image', 'history', '-q', 'web:1')).toEqual([chain[1], '<missing>', chain[0]]);
	});

	test.each([
		['nope', 'no such image: nope\n'],
		['gone:1', 'Could not show the history of gone:1: its config is not in the content store — pull the image again\n'],
	])('%s', async (name, err) => {
		expect(await bench.run(['history', name])).toEqual({code: 1, out: '', err});
	});
});

describe('image inspect', () => {
	test('in the shape of docker, all names of the content, the asked-for one first', async () => {
		const {code, out} = await bench.run(['image', 'inspect', 'web:latest']);
		expect(code).toBe(0);
		const [image, ...others] = JSON.parse(out) as readonly object[];
		expect(others).toEqual([]);
		expect(image).toMatchObject({
			Id: stored.configDigest,
			RepoTags: ['web:latest', 'web:1', 'registry.test/shop/web:2'],
			RepoDigests: [`web@${stored.digest}`, `web@${stored.digest}`, `registry.test/shop/web@${stored.digest}`],
			Comment: 'buildkit',
			Author: 'me',
			Created: '2024-02-01T00:00:00Z',
			Os: 'linux',
			Size: 2_512_345,
			Config: {Cmd: ['/bin/sh'], Env: ['PATH=/bin'], WorkingDir: '/srv', Labels: {tier: 'front'}, ExposedPorts: {'80/tcp': {}}},
			RootFS: {Type: 'layers', Layers: stored.diffIds},
		});
	});

	test('native is the record and what it leads to, one per name', async () => {
		const {out} = await bench.run(['inspect', '--mode=native', 'web:1']);
		const objects = JSON.parse(out) as ReadonlyArray<Readonly<Record<string, unknown>>>;
		expect(objects).toHaveLength(3);
		expect(objects[0]).toMatchObject({
			Image: {Name: 'docker.io/library/web:1', Target: {digest: stored.digest}},
			ManifestDesc: {digest: stored.digest},
			size: 2_512_345,
		});
		expect(Object.keys(objects[0] ?? {})).toEqual([
			'Image',
			'ManifestDesc',
			'Manifest',
			'ImageConfigDesc',
			'ImageConfig',
			'size',
			'Snapshots',
		]);
	});

	test.each([
		[['--platform', 'linux/s390x', 'web:1'], 'it is not here for linux/s390x'],
		[['nope'], 'no such image: nope'],
		[['--mode', 'odd', 'web:1'], '"odd" is not a valid value for --mode'],
		[['-f', 'table', 'web:1'], 'unsupported format: "raw", "table", and "wide"'],
		[['-f', '{{.Nope}}', 'web:1'], "can't evaluate field Nope in type *dockercompat.Image"],
	] as const)('%j is refused', async (argv, problem) => {
		expect(await bench.run(['image', 'inspect', ...argv])).toMatchObject({code: 1, out: '', err: expect.stringContaining(problem)});
	});
});

describe('tag, rmi and image prune', () => {
	test('a tag is a further name; removing it says what went', async () => {
		expect(await bench.run(['tag', 'web:1', 'other/name:3'])).toEqual({code: 0, out: '', err: ''});
		expect(await lines('images', '--format', '{{.Repository}}:{{.Tag}}', 'other/name')).toEqual(['other/name:3']);
		expect(await bench.run(['rmi', 'nope', 'other/name:3'])).toEqual({
			code: 1,
			out: [`Untagged: docker.io/other/name:3@${stored.digest}`, ...stored.diffIds.map(layer => `Deleted: ${layer}`)]
				.map(line => `${line}\n`)
				.join(''),
			err: 'no such image: nope\n',
		});
	});

	test('one that a container uses is refused; -f does not mind a missing one', async () => {
		expect(await bench.run(['rmi', 'web:1'])).toMatchObject({
			code: 1,
			out: '',
			err: expect.stringContaining('Could not remove docker.io/library/web:1: running container'),
		});
		expect(await bench.run(['rmi', '-f', 'nope'])).toEqual({code: 0, out: '', err: 'no such image: nope\n'});
	});

	test('an id that stands for several names needs -f', async () => {
		expect(await bench.run(['rmi', short()])).toMatchObject({
			code: 1,
			err: `multiple IDs found with provided prefix: ${short()} — use --force to remove all its names\n`,
		});
		expect(await bench.run(['tag', 'nope', 'x'])).toMatchObject({code: 1, err: 'no such image: nope\n'});
	});

	test('prune asks, removes what nobody named, and says it', async () => {
		expect((await bench.run(['image', 'prune'], {input: 'n\n'})).out).toMatch(
			/^WARNING! This will remove all dangling images and free [1-9]\d+B\.\nAre you sure you want to continue\? \[y\/N\] $/,
		);
		expect(await bench.run(['image', 'prune', '-f'])).toEqual({
			code: 0,
			out: `Deleted Images:\nUntagged: overlayfs@sha256:${'e'.repeat(64)}\n\n`,
			err: '',
		});
		expect(await bench.run(['image', 'prune', '-f'])).toEqual({code: 0, out: '', err: ''});
	});
});
