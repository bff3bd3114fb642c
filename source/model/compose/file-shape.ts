import {subnetOf} from './merge.ts';
import {boolean, file, integer, list, map, nullable, object, string, text} from './shape.ts';
import {external, labels, names, strings} from './shared-shapes.ts';
import {serviceShape} from './service-shape.ts';
import {alone, under} from './short-syntax.ts';
import {child, textOf, withEntry} from './value.ts';

const files = list(file, {fromScalar: alone});

const network = nullable(
	object({
		name: string,
		attachable: boolean,
		driver: string,
		driver_opts: map(text),
		enable_ipv4: boolean,
		enable_ipv6: boolean,
		external,
		internal: boolean,
		ipam: object({
			driver: string,
			config: list(object({subnet: string, ip_range: string, gateway: string, aux_addresses: map(string)}), {key: subnetOf}),
			options: map(text),
		}),
		labels,
	}),
);

const volume = nullable(
	object(
		{name: string, driver: string, driver_opts: map(text), external, labels},
		{
			// The local driver's `o: bind` makes its device a directory.
			paths: (map_, absolute) => {
				const options = child(map_, 'driver_opts');
				const device = child(options, 'device');
				const isBind = textOf(child(map_, 'driver')) === 'local' && textOf(child(options, 'o')) === 'bind';
				if (!isBind || options?.kind !== 'map' || device?.kind !== 'scalar') return map_;
				return withEntry(map_, 'driver_opts', withEntry(options, 'device', {...device, value: absolute(String(device.value))}));
			},
		},
	),
);

const secret = object({
	name: string,
	driver: string,
	driver_opts: map(text),
	environment: string,
	external,
	file,
	labels,
	template_driver: string,
});

const config = object({name: string, content: string, environment: string, external, file, labels, template_driver: string});

const model = object({name: string, model: string, context_size: integer, runtime_flags: strings}, {required: ['model']});

/** A whole compose file. */
export const fileShape = object({
	configs: nullable(map(config, {keys: names})),
	include: list(object({path: files, env_file: files, project_directory: file}, {required: ['path'], fromScalar: under('path')})),
	models: nullable(map(model, {keys: names})),
	name: string,
	networks: nullable(map(network, {keys: names})),
	secrets: nullable(map(secret, {keys: names})),
	services: nullable(map(nullable(serviceShape), {keys: names})),
	version: text,
	volumes: nullable(map(volume, {keys: names})),
});
