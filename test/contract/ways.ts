import {createContainerd} from '../../source/clients/containerd/index.ts';
import type {Containerd} from '../../source/clients/containerd/types.ts';
import {openGrpcJs} from '../../source/clients/grpc/grpc-js.ts';

type Options = Omit<Parameters<typeof createContainerd>[0], 'openCalls'>;

/** How a client may speak: a verb of the command line does it by hand, the dashboard by grpc-js. What is true of one is to be true of the other. */
export const ways: ReadonlyArray<readonly [way: string, connect: (options: Options) => Containerd]> = [
	['by hand', createContainerd],
	['by grpc-js', options => createContainerd({...options, openCalls: path => openGrpcJs(`unix:${path}`)})],
];
