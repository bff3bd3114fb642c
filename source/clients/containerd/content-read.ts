import {ContentService} from '../../protocol/generated/content.ts';
import {type Call, serverStream} from './call.ts';
import {createDataReader} from './content-read-frames.ts';

export type ReadRange = {readonly digest: string; readonly offset: number; /** 0: to the end. */ readonly size: number};

/** Bytes of content, in pieces as they come, with the rules of every answer that streams. */
export const readContent = (call: Call, range: ReadRange): AsyncGenerator<Uint8Array, void, void> =>
	serverStream(call, ContentService.read, range, {over: 'bulk', reader: createDataReader()});
