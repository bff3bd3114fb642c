import {repoTag} from './reference.ts';
import {listOf, numberOf, recordOf, type Spec, stringsOf, textOf} from './docker-spec.ts';
import {threeDigitBytes} from './docker-units.ts';
import type {Descriptor, Image, Platform} from './image.ts';
import {goStruct, nilMap, sliceOf} from './template-struct.ts';
import {goLocalTime, rfc3339Local} from './template-values.ts';
import {ago, decimalBytes} from './units.ts';

/** One platform's image, as its manifest and config say. */
export type PlatformParts = {
	readonly manifest: Descriptor;
	readonly manifestJson: unknown;
	readonly configJson: unknown;
	/** Sum of its unpacked layers; zero when it is not unpacked. */
	readonly unpackedBytes: number;
};

/** `linux/arm64`, `linux/arm/v7`. arm64's v8 is understood and not said. */
export const platformText = ({os, architecture, variant = ''}: Platform): string =>
	[os, architecture, ...(variant === '' || (architecture === 'arm64' && variant === 'v8') ? [] : [variant])].join('/');

export const platformOf = ({configJson}: Pick<PlatformParts, 'configJson'>): string => {
	const config = recordOf(configJson);
	return platformText({os: textOf(config['os']), architecture: textOf(config['architecture']), variant: textOf(config['variant'])});
};

/** Manifest, config and layers as they are stored. */
export const blobBytes = ({manifest, manifestJson}: Pick<PlatformParts, 'manifest' | 'manifestJson'>): number => {
	const {config, layers} = recordOf(manifestJson);
	return [config, ...listOf(layers)].reduce<number>((sum, blob) => sum + numberOf(recordOf(blob)['size']), manifest.sizeBytes);
};

const shortDigest = (digest: string): string => digest.slice(digest.indexOf(':') + 1).slice(0, 12);

export type ImageRowOptions = {readonly truncated: boolean; readonly now: number};

/** A row of `images` for one platform, with the fields that `--format` knows. */
export const imageRow = (image: Image, parts: PlatformParts, {truncated, now}: ImageRowOptions) => {
	const {digest} = image.target;
	// CRI keeps a record whose name is the config's digest: it has no repository.
	const {repository, tag} =
		textOf(recordOf(recordOf(parts.manifestJson)['config'])['digest']) === image.name ? {repository: '', tag: ''} : repoTag(image.name);
	return goStruct('image.imagePrintable', {
		// Only a format may ask for it, and the name of a time zone is the dearest thing in a list.
		get CreatedAt() {
			return goLocalTime(image.createdAt);
		},
		CreatedSince: ago(image.createdAt, now),
		Digest: digest,
		ID: truncated ? shortDigest(digest) : digest,
		Repository: repository || '<none>',
		Tag: tag || '<none>',
		Name: image.name,
		Size: decimalBytes(parts.unpackedBytes),
		BlobSize: decimalBytes(blobBytes(parts)),
		Platform: platformOf(parts),
	});
};

export type ImageRow = ReturnType<typeof imageRow>;

export const imageHeaders: Readonly<Record<string, string>> = {ID: 'IMAGE ID', CreatedSince: 'CREATED'};

/** ID, DISK USAGE and CONTENT SIZE of docker 29's view, over all platforms. */
export const collapsedCells = (image: Image, platforms: readonly PlatformParts[]): readonly [string, string, string] => {
	const content = platforms.reduce((sum, parts) => sum + blobBytes(parts), 0);
	const unpacked = platforms.reduce((sum, parts) => sum + parts.unpackedBytes, 0);
	return [shortDigest(image.target.digest), threeDigitBytes(content + unpacked), threeDigitBytes(content)];
};

const configOf = (name: string, config: Spec) => {
	const volumes = config['Volumes'];
	return goStruct(
		'*dockercompat.Config',
		{
			Hostname: '',
			Domainname: '',
			User: textOf(config['User']),
			AttachStdin: false,
			ExposedPorts: recordOf(config['ExposedPorts']),
			Env: sliceOf(stringsOf(config['Env'])),
			Cmd: sliceOf(stringsOf(config['Cmd'])),
			Healthcheck: config['Healthcheck'],
			Image: name,
			Volumes: volumes === undefined ? nilMap : recordOf(volumes),
			WorkingDir: textOf(config['WorkingDir']),
			Entrypoint: sliceOf(stringsOf(config['Entrypoint'])),
			Labels: config['Labels'] === undefined ? nilMap : recordOf(config['Labels']),
		},
		{
			omitEmpty: [
				'Hostname',
				'Domainname',
				'User',
				'ExposedPorts',
				'Env',
				'Cmd',
				'Healthcheck',
				'Image',
				'Volumes',
				'WorkingDir',
				'Entrypoint',
				'Labels',
			],
		},
	);
};

const isTime = (text: string): boolean => text !== '' && !text.startsWith('0001-01-01');

/** `image inspect` as docker shapes it. `others` are the further names of the same content. */
export const dockerImage = (image: Image, parts: PlatformParts, others: readonly Image[]) => {
	const config = recordOf(parts.configJson);
	const last = recordOf(listOf(config['history']).at(-1));
	const rootfs = recordOf(config['rootfs']);
	const created = textOf(last['created']);
	const names = [image, ...others].map(({name, target}) => ({...repoTag(name), target: target.digest}));
	return goStruct(
		'*dockercompat.Image',
		{
			Id: textOf(recordOf(recordOf(parts.manifestJson)['config'])['digest']),
			RepoTags: names
				.filter(({repository}, at) => at === 0 || repository !== '')
				.map(({repository, tag}, at) => `${repository}:${tag || (at === 0 ? '' : 'latest')}`),
			RepoDigests: names
				.filter(({repository}, at) => at === 0 || repository !== '')
				.map(({repository, target}) => `${repository}@${target}`),
			Parent: image.labels['org.mobyproject.image.parent'] ?? '',
			Comment: textOf(last['comment']),
			Created: isTime(created) ? created : '',
			DockerVersion: '',
			Author: textOf(last['author']),
			Config: configOf(image.name, recordOf(config['config'])),
			Architecture: textOf(config['architecture']),
			Variant: textOf(config['variant']),
			Os: textOf(config['os']),
			Size: parts.unpackedBytes,
			VirtualSize: parts.unpackedBytes,
			RootFS: goStruct(
				'dockercompat.RootFS',
				{Type: textOf(rootfs['type']), Layers: sliceOf(stringsOf(rootfs['diff_ids'])), BaseLayer: ''},
				{omitEmpty: ['Layers', 'BaseLayer']},
			),
			Metadata: goStruct('dockercompat.ImageMetadata', {LastTagTime: '0001-01-01T00:00:00Z'}),
		},
		{omitEmpty: ['Variant', 'VirtualSize'], names: {ID: 'Id'}},
	);
};

export type HistoryParts = {
	readonly createdAt: number | undefined;
	readonly createdBy: string;
	readonly comment: string;
	readonly snapshot: string | undefined;
	readonly sizeBytes: number;
};

const cut = (text: string, whole: boolean): string => (whole || text.length <= 45 ? text : `${text.slice(0, 44)}…`);

/** A row of `history`; `human` off gives bytes and a time stamp. */
export const historyRow = (
	parts: HistoryParts,
	{truncated, human, quiet, now}: {readonly truncated: boolean; readonly human: boolean; readonly quiet: boolean; readonly now: number},
) => {
	const createdAt = parts.createdAt === undefined ? '' : rfc3339Local(parts.createdAt);
	return goStruct('image.historyPrintable', {
		Snapshot: cut(parts.snapshot ?? '<missing>', !truncated || quiet),
		CreatedAt: createdAt,
		CreatedSince: parts.createdAt === undefined ? '' : human ? ago(parts.createdAt, now) : createdAt,
		CreatedBy: cut(parts.createdBy, !truncated),
		Size: human ? decimalBytes(parts.sizeBytes) : String(parts.sizeBytes),
		Comment: parts.comment,
	});
};
