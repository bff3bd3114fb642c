export {capabilitiesOf} from './capabilities.ts';
export {composeSpec} from './compose.ts';
export {encodeSpec, specTypeUrl} from './encode.ts';
export {type ImageConfig, type ImageHealthcheck, imageConfigOf} from './image-config.ts';
export type {HostFacts, NamespacePlan, NamespaceUse, RequestedDevice, SpecInput} from './input.ts';
export {cleanPath} from './mounts.ts';
export {commandOf, isSystemd, stopSignalOf} from './process.ts';
export type {OciDevice, OciHook, OciHooks, OciMount, OciSpec} from './types.ts';
