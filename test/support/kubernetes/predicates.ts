import * as autoscaling from './autoscaling-predicates';
import * as names from './name-predicates';
import { Predicate } from './objects';
import * as policies from './policy-predicates';
import * as references from './reference-predicates';
import * as routing from './routing-predicates';
import * as workloads from './workload-predicates';

/** What the API server, or nobody, would say. Such a module exports nothing but predicates. */
export const PREDICATES: readonly Predicate[] = [workloads, references, routing, autoscaling, policies, names]
  .flatMap((module) => Object.values(module) as Predicate[]);
