import {forEachArgument} from './failures.ts';
import {print} from './output.ts';
import {defineLine} from './types.ts';

const insecure = {type: 'boolean', help: 'Allow communication with an insecure registry'} as const;

export const manifestCreate = defineLine({
	verbs: ['manifest create'],
	summary: 'Create a local manifest list, for annotating and pushing to a registry',
	usage: '[flags] INDEX/MANIFESTLIST MANIFEST [MANIFEST, ...]',
	arity: {least: 2},
	flags: {amend: {type: 'boolean', help: 'Amend an existing manifest list'}, insecure},
	needsDaemon: false,
	async run(context) {
		const {services, args, flags, signal} = context;
		const [list = '', ...manifests] = args;
		const name = await services.images.manifestLists.create(list, manifests, {signal, isAmended: flags.amend, isInsecure: flags.insecure});
		await print(context, `Created manifest list ${name}\n`);
		return 0;
	},
});

export const manifestAnnotate = defineLine({
	verbs: ['manifest annotate'],
	summary: 'Add additional information to a local image manifest',
	usage: '[flags] INDEX/MANIFESTLIST MANIFEST',
	arity: {least: 2, most: 2},
	flags: {
		os: {type: 'string', placeholder: 'NAME', help: 'Set operating system'},
		arch: {type: 'string', placeholder: 'NAME', help: 'Set architecture'},
		osVersion: {type: 'string', placeholder: 'VERSION', help: 'Set operating system version'},
		variant: {type: 'string', placeholder: 'NAME', help: 'Set architecture variant'},
		osFeatures: {type: 'string', isMultiple: true, splitsAtComma: true, placeholder: 'NAME', help: 'Set operating system feature'},
	},
	needsDaemon: false,
	async run({services, args, flags}) {
		const [list = '', manifest = ''] = args;
		await services.images.manifestLists.annotate(list, manifest, {
			...(flags.os === undefined ? {} : {os: flags.os}),
			...(flags.arch === undefined ? {} : {architecture: flags.arch}),
			...(flags.variant === undefined ? {} : {variant: flags.variant}),
			...(flags.osVersion === undefined ? {} : {'os.version': flags.osVersion}),
			...(flags.osFeatures.length === 0 ? {} : {'os.features': flags.osFeatures}),
		});
		return 0;
	},
});

export const manifestInspect = defineLine({
	verbs: ['manifest inspect'],
	summary: 'Display an image manifest, or manifest list',
	usage: '[flags] MANIFEST',
	arity: {least: 1, most: 1},
	flags: {insecure, verbose: {type: 'boolean', shortFlag: 'v', help: 'Output additional info including layers and platform'}},
	needsDaemon: false,
	async run(context) {
		const {services, args, flags, signal} = context;
		const found = await services.images.manifestLists.inspect(args[0] ?? '', {
			signal,
			isVerbose: flags.verbose,
			isInsecure: flags.insecure,
		});
		await print(context, `${JSON.stringify(found.length === 1 ? found[0] : found, undefined, 4)}\n`);
		return 0;
	},
});

export const manifestPush = defineLine({
	verbs: ['manifest push'],
	summary: 'Push a manifest list to a registry',
	usage: '[flags] INDEX/MANIFESTLIST',
	arity: {least: 1, most: 1},
	flags: {insecure, purge: {type: 'boolean', help: 'Remove the local manifest list after the push'}},
	needsDaemon: false,
	async run(context) {
		const {services, args, flags, signal, stdout} = context;
		const {digest} = await services.images.manifestLists.push(args[0] ?? '', {
			...{signal, isInsecure: flags.insecure, isPurged: flags.purge},
			onPushed: (reference, one) => stdout.write(`Pushed ref ${reference} with digest: ${one}\n`),
		});
		await print(context, `${digest}\n`);
		return 0;
	},
});

export const manifestRemove = defineLine({
	verbs: ['manifest rm', 'manifest remove'],
	summary: 'Remove one or more manifest lists',
	usage: 'INDEX/MANIFESTLIST [INDEX/MANIFESTLIST, ...]',
	arity: {least: 1},
	flags: {},
	needsDaemon: false,
	run: context => forEachArgument(context.args, context, async list => context.services.images.manifestLists.remove(list)),
});
