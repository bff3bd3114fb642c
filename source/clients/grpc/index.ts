export {commonChannelOptions} from './channel-options.ts';
export {createFrameReader, type FrameReader, frameHead} from './frames.ts';
export {type Handler, type ServerCall, serveGrpc, unaryHandler} from './serve.ts';
export {code, connectionLost, type WireEnd} from './status.ts';
export type {Wire, WireCall, WireCallOptions} from './types.ts';
export {openWire} from './wire.ts';
