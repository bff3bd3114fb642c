export {type ContainerLog, openContainerLog, type StreamName} from './container-log.ts';
export {readLogConfig} from './log-config.ts';
export {type LogStream, logStream} from './log-stream.ts';
