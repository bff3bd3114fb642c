import {startFake} from '../../contract/subjects.ts';
import {describeContentWrite} from './content-write-part.ts';

describeContentWrite('the fake', startFake);
