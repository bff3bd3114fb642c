import {describeReal} from './describe-real.ts';

describeReal('1.7');
