import {createContainerd} from '../clients/containerd/index.ts';
import type {Containerd} from '../clients/containerd/types.ts';
import {openGrpcJs} from '../clients/grpc/grpc-js.ts';

/**
For who stays: grpc-js finds a daemon again that went away, and has seen more of the ways in which one can. A verb, which is gone in a tenth of a
second, speaks by hand, since loading grpc-js and Node's HTTP/2 under it takes as long as half of what a verb does.
*/
export const connect = (address: string): Containerd => createContainerd({address, openCalls: path => openGrpcJs(`unix:${path}`)});
