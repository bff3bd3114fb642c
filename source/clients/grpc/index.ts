export {createFrameReader, type FrameReader, frameHead} from './frames.ts';
export {code, connectionLost, type WireEnd} from './status.ts';
export {type Http2Grpc, openHttp2, type WireCall} from './wire.ts';
