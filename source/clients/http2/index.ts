export {connectHttp2} from './client.ts';
export {serveHttp2} from './endpoint.ts';
export {errorCode} from './frames.ts';
export type {Cut, Header, Http2Client, Http2Endpoint, Http2Request} from './types.ts';
