import {setImmediate} from 'node:timers/promises';
import {BinaryReader} from '@bufbuild/protobuf/wire';
import {type Call, contextOf, type Method, unaryBytes} from './call.ts';
import {inSlices} from './slices.ts';
import {type CallContext, garbled} from './translate.ts';

/** What we use of a generated message. */
export type Decoder<Message> = {readonly decode: (reader: BinaryReader, length: number) => Message};

const field1 = (1 << 3) | 2;

/**
The messages in an answer, made one at a time, so that the reader of thousands can pause between two. All of containerd's List answers
(and ListStream's messages) consist of nothing but field 1.
*/
export const messagesIn = function* <Message>(bytes: Uint8Array, decoder: Decoder<Message>, context: CallContext): Generator<Message, void, void> {
	const reader = new BinaryReader(bytes);
	try {
		while (reader.pos < reader.len) {
			const tag = reader.uint32();
			if (tag === field1) yield decoder.decode(reader, reader.uint32());
			else reader.skip(tag & 7);
		}
	} catch (error) {
		throw garbled(context, error);
	}
};

/** A List call whose answer may be long: decoded and converted in slices. Undefined results are left out. */
export const listBatches = async function* <Request, Message, Item>(
	{call, method, request}: {readonly call: Call; readonly method: Method<Request, unknown>; readonly request: Request},
	decoder: Decoder<Message>,
	convert: (message: Message) => Item | undefined,
): AsyncGenerator<readonly Item[], void, void> {
	const bytes = await unaryBytes(call, method, request);
	// gRPC may just have put megabytes together in one go: others first.
	await setImmediate();
	const converted = function* (): Generator<Item> {
		for (const message of messagesIn(bytes, decoder, contextOf(call, method.path))) {
			const item = convert(message);
			if (item !== undefined) yield item;
		}
	};

	yield* inSlices(converted());
};

/** The same, as one list. */
export const list = async <Request, Message, Item>(...how: Parameters<typeof listBatches<Request, Message, Item>>): Promise<readonly Item[]> => {
	const all: Item[] = [];
	for await (const batch of listBatches(...how)) for (const item of batch) all.push(item);
	return all;
};
