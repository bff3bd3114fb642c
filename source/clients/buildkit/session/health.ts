import {HealthService} from '../../../protocol/generated/health.ts';
import {type Handler, unaryHandler} from '../../grpc/index.ts';

/** The daemon asks every few seconds, and gives a session up that does not answer. */
export const healthHandler: readonly [string, Handler] = unaryHandler(HealthService.check, async () => ({status: 1 as const}));
