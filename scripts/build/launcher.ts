/**
`dist/gantry`: find this folder through symbolic links, and a Node. The one that set-up fetched is known to be new enough; asking any
other for its version would start it twice, so the first line of the program itself looks at the version it finds itself in.

V8 would rather take memory than collect: while a log floods its old space swings between one and three times what is alive. Small young
spaces and slow growth keep it within a few megabytes, for a hundredth of a core. A verb of the command line is over before that matters, and
growth is told to V8 by a flag that makes it refuse what Node has compiled of its own modules: loading those would take twice the time. Its
young space is larger, since it would be collected sixty times while thirty containers are made, each time with a wait for V8's other thread.

The `--` is for `run --env-file`: Node takes a flag of that name for its own wherever it stands, reads the file into our own environment, and
ends with a sentence of its own when there is none.
*/
export const launcherOf = (verbs: readonly string[]): string => `#!/bin/sh
self=$0
while [ -h "$self" ]; do
	link=$(readlink "$self")
	case $link in
		/*) self=$link ;;
		*) self=\${self%/*}/$link ;;
	esac
done
here=\${self%/*}
if [ -n "$GANTRY_NODE" ]; then node=$GANTRY_NODE
elif [ -x "$here/../.tools/bin/node" ]; then node=$here/../.tools/bin/node
elif command -v node >/dev/null 2>&1; then node=node
else
	echo 'gantry needs Node 22 or newer, and there is no node on PATH. Install one, or name one with GANTRY_NODE.' >&2
	exit 1
fi
for word; do
	case $word in
		${verbs.join('|')}) exec "$node" --v8-pool-size=1 --min-semi-space-size=4 --max-semi-space-size=4 -- "$here/verbs.cjs" "$@" ;;
	esac
done
exec "$node" --v8-pool-size=1 --max-semi-space-size=1 --heap-growing-percent=15 -- "$here/gantry.mjs" "$@"
`;

/**
The first file Node sees. It must parse on any Node that knows ES modules, so that an old one gets a sentence and not a stack trace. The
compile cache lives in the user's own cache folder: Node's default is a predictable path in a world-writable place.
*/
export const entry = `import module from 'node:module';
import {homedir} from 'node:os';
if (Number(process.versions.node.split('.')[0]) < 22) {
	console.error('gantry needs Node 22 or newer; ' + process.execPath + ' is ' + process.version + '. Name a newer one with GANTRY_NODE.');
	process.exit(1);
}
try {
	module.enableCompileCache((process.env.XDG_CACHE_HOME || homedir() + '/.cache') + '/gantry/compiled');
} catch {}
await import('./cli.mjs');
`;
