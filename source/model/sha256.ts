import {sha256} from '@noble/hashes/sha2.js';
import {bytesToHex, utf8ToBytes} from '@noble/hashes/utils.js';

/**
The SHA-256 of a short text, in hex. Not by `node:crypto`, which takes five milliseconds to load: all that a verb needs to hash on its way may be
an address. What is long is hashed by that, ten times as fast.
*/
export const sha256Hex = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));
