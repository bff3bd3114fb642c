import {Metadata} from '@grpc/grpc-js';
import type {WireEnd} from '../grpc/index.ts';
import {type CallContext, garbled, translate} from './translate.ts';

/** In the words of the calls that go through grpc-js: what it would have thrown is put before the one translator. */
export const failureOf = async ({code, details, origin}: WireEnd, context: CallContext): Promise<Error> => {
	if (origin === 'garbled') return garbled(context, new Error(details));
	const metadata = new Metadata();
	if (origin === 'daemon') metadata.set('content-type', 'application/grpc');
	return translate(Object.assign(new Error(`${code}: ${details}`), {code, details, metadata}), context);
};
