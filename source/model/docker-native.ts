import type {ContainerRecord, Task, TypedBytes} from './container.ts';
import type {PlatformParts} from './docker-image.ts';
import type {PortMapping} from './docker-ports.ts';
import {recordOf} from './docker-spec.ts';
import type {Descriptor, Image} from './image.ts';
import type {Snapshot} from './snapshot.ts';
import {linksInUse, type NetLink} from './net-links.ts';
import {goStruct, nilMap, sliceOf} from './template-struct.ts';
import {goTime} from './template-values.ts';

const time = (at: number | undefined, nanos?: number): Date | string => (at === undefined ? '0001-01-01T00:00:00Z' : goTime(at, nanos));

/** A message we have no schema for: its type and its bytes, as Go's JSON writes bytes. */
const opaque = (any: TypedBytes | undefined) =>
	any === undefined ? null : {type_url: any.typeUrl, ...(any.value.length === 0 ? {} : {value: Buffer.from(any.value).toString('base64')})};

/** JSON that somebody else wrote: its order is kept, and Go's field names (`.Process.Args`) find what JSON calls `process.args`. */
export const asWritten = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(asWritten);
	if (typeof value !== 'object' || value === null) return value;
	const fields = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asWritten(item)]));
	const names = Object.keys(fields).flatMap(key => {
		const name = key.charAt(0).toUpperCase() + key.slice(1);
		return Object.hasOwn(fields, name) ? [] : [[name, key] as const];
	});
	return goStruct('object', fields, {names: Object.fromEntries(names)});
};

const snapshotInfo = (snapshot: Snapshot) =>
	goStruct(
		'*snapshots.Info',
		{
			Kind: snapshot.kind.charAt(0).toUpperCase() + snapshot.kind.slice(1),
			Name: snapshot.key,
			Parent: snapshot.parent,
			Labels: snapshot.labels,
			Created: time(snapshot.createdAt),
			Updated: time(snapshot.updatedAt),
		},
		{omitEmpty: ['Parent', 'Labels']},
	);

/** The index of the one that counts as the container's own; 0 when there is none. */
const primaryOf = (links: readonly NetLink[]): number => linksInUse(links).find(({name}) => !name.startsWith('lo'))?.index ?? 0;

const netNamespace = (links: readonly NetLink[], ports: readonly PortMapping[]) =>
	goStruct(
		'*native.NetNS',
		{
			PrimaryInterface: primaryOf(links),
			Interfaces: links.map(({index, mtu, name, mac, flags, addresses}) =>
				goStruct('native.NetInterface', {Index: index, MTU: mtu, Name: name, HardwareAddr: mac, Flags: sliceOf(flags), Addrs: addresses}),
			),
			PortMappings: sliceOf(
				ports.map(({HostPort, ContainerPort, Protocol, HostIP}) => goStruct('cni.PortMapping', {HostPort, ContainerPort, Protocol, HostIP})),
			),
		},
		{omitEmpty: ['PrimaryInterface', 'Interfaces']},
	);

const processOf = (task: Task, {links, ports}: NativeExtras) =>
	goStruct(
		'*native.Process',
		{
			Pid: task.status === 'stopped' ? 0 : task.pid,
			Status: goStruct('containerd.Status', {
				Status: task.status,
				ExitStatus: task.status === 'stopped' ? task.exitStatus : 0,
				ExitTime: time(task.exitedAt, task.exitedNanos),
			}),
			NetNS: links === undefined ? null : netNamespace(links, ports),
		},
		{omitEmpty: ['Pid', 'NetNS']},
	);

export type NativeExtras = {
	readonly snapshot: Snapshot | undefined;
	/** Of its network namespace, while it runs. */
	readonly links: readonly NetLink[] | undefined;
	readonly ports: readonly PortMapping[];
};

/** `inspect --mode=native`: containerd's own record with the spec decoded. */
export const nativeContainer = (record: ContainerRecord, task: Task | undefined, spec: unknown, extras: NativeExtras) =>
	goStruct(
		'*native.Container',
		{
			ID: record.id,
			Labels: record.labels,
			Image: record.image,
			Runtime: goStruct('containers.RuntimeInfo', {Name: record.runtime, Options: opaque(record.runtimeOptions)}),
			SnapshotKey: record.snapshotKey,
			Snapshotter: record.snapshotter,
			CreatedAt: time(record.createdAt, record.createdNanos),
			UpdatedAt: time(record.updatedAt, record.updatedNanos),
			Extensions: Object.fromEntries(Object.entries(record.extensions).map(([name, any]) => [name, opaque(any)])),
			SandboxID: record.sandboxId,
			// After the record's own fields, since Go's embedding puts an overriding field where it is declared.
			Spec: spec === undefined ? opaque(record.spec) : asWritten(spec),
			Process: task === undefined ? null : processOf(task, extras),
			SnapshotInfo: extras.snapshot === undefined ? null : snapshotInfo(extras.snapshot),
		},
		{omitEmpty: ['Spec', 'Process', 'SnapshotInfo']},
	);

/** A descriptor as OCI's JSON has it. */
const descriptor = ({mediaType, digest, sizeBytes, annotations}: Descriptor) =>
	goStruct(
		'ocispec.Descriptor',
		{mediaType, digest, size: sizeBytes, annotations},
		{omitEmpty: ['annotations'], names: {MediaType: 'mediaType', Digest: 'digest', Size: 'size'}},
	);

/** `image inspect --mode=native`: the record, the index and manifest that it leads to, the config and the snapshots of its layers. */
export const nativeImage = (image: Image, parts: PlatformParts, indexJson: unknown, snapshots: readonly Snapshot[]) => {
	const index = indexJson === undefined ? undefined : asWritten(indexJson);
	const manifest = asWritten(parts.manifestJson);
	return goStruct(
		'*native.Image',
		{
			Image: goStruct('images.Image', {
				Name: image.name,
				Labels: Object.keys(image.labels).length === 0 ? nilMap : image.labels,
				Target: descriptor(image.target),
				CreatedAt: time(image.createdAt),
				UpdatedAt: time(image.updatedAt),
			}),
			IndexDesc: index === undefined ? undefined : descriptor(image.target),
			Index: index,
			ManifestDesc: descriptor(parts.manifest),
			Manifest: manifest,
			ImageConfigDesc: asWritten(recordOf(parts.manifestJson)['config']),
			ImageConfig: asWritten(parts.configJson),
			size: parts.unpackedBytes,
			Snapshots: snapshots.map(snapshotInfo),
		},
		{omitEmpty: ['IndexDesc', 'Index', 'Snapshots'], names: {Size: 'size'}},
	);
};
