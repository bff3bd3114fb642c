export {type Handler, type ServerCall, serveGrpc, unaryHandler} from './serve-grpc.ts';
export type {Http2Endpoint} from './types.ts';
