import {describeReal} from './describe-real.ts';

describeReal('2.1');
