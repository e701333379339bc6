import type { Place, Problem } from '../problem';
import { composeInterpolationInvalid, composeVariableMissing } from '../problems';
import type { InterpolationFailure } from './interpolation';

export function interpolationProblem(failure: InterpolationFailure, place: Place): Problem {
  switch (failure.kind) {
    case 'malformed':
      return composeInterpolationInvalid(place, 'a "${" has no name or no end');
    case 'nested':
      return composeInterpolationInvalid(place, 'its variables are nested too deeply');
    case 'missing':
      return composeVariableMissing(failure.variable, failure.message, place);
  }
}
