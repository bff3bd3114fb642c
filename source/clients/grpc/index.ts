export {createFrameReader, type FrameReader, frameHead} from './frames.ts';
export {code, connectionLost, decodeMessage, type WireEnd} from './status.ts';
export {type Http2Grpc, openHttp2, type WireCall, type WireCallOptions} from './wire.ts';
