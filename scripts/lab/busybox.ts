import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {type ImageConfig, type LabImage, type Layer, buildImage} from './image.ts';
import type {TarEntry} from './tar.ts';

const busyboxPath = '/bin/busybox';

const applets = (): readonly string[] => {
	const {stdout, error} = spawnSync(busyboxPath, ['--list'], {encoding: 'utf8'});
	if (error !== undefined) throw new Error(`${busyboxPath} is missing; the package busybox-static has it`);
	return stdout.split('\n').filter(name => /^[\w.[\]-]+$/.test(name) && name !== 'busybox');
};

const systemLayer = (): Layer => ({
	createdBy: '/bin/sh -c #(nop) ADD file:busybox in /',
	entries: [
		...['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp', 'usr', 'usr/bin', 'var'].map(
			(path): TarEntry => ({kind: 'folder', path, ...(path === 'tmp' ? {mode: 0o1777} : {})}),
		),
		{kind: 'file', path: 'bin/busybox', mode: 0o755, content: readFileSync(busyboxPath)},
		...applets().map((name): TarEntry => ({kind: 'symlink', path: `bin/${name}`, target: 'busybox'})),
	],
});

const settingsLayer: Layer = {
	createdBy: '/bin/sh -c printf "root:x:0:0:root:/root:/bin/sh\\n" > /etc/passwd',
	entries: [
		{kind: 'folder', path: 'etc'},
		{kind: 'file', path: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'},
		{kind: 'file', path: 'etc/group', content: 'root:x:0:\nnogroup:x:65534:\n'},
		{kind: 'file', path: 'etc/os-release', content: 'ID=busybox\nNAME=BusyBox\nPRETTY_NAME="BusyBox for a test bench"\n'},
	],
};

/** Scripts by path, as a layer of their own. */
export const scriptsLayer = (scripts: Readonly<Record<string, string>>): Layer => ({
	createdBy: `COPY ${Object.keys(scripts).join(' ')} # buildkit`,
	entries: [
		{kind: 'folder', path: 'app'},
		...Object.entries(scripts).map(([path, content]): TarEntry => ({kind: 'file', path, mode: 0o755, content})),
	],
});

/** A small image with a shell, made from the machine's busybox-static: no network needed. Three layers with an app, two without. */
export const busyboxImage = (name: string, options: {readonly extraLayers?: readonly Layer[]; readonly settings?: ImageConfig} = {}): LabImage =>
	buildImage(name, [systemLayer(), settingsLayer, ...(options.extraLayers ?? [])], options.settings);
