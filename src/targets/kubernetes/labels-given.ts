import { isAnnotationKey, isLabelKey, isLabelValue } from '../../validation/syntax';

/*
 * Labels and annotations that a user gives, whose texts Kubernetes does not take.
 */

type Map = { readonly [key: string]: unknown };

/** @internal What is wrong with labels of `who`, in sentences that lack their place. */
export function badLabels(who: string, labels: Map): string[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...isLabelKey(key) ? [] : [`${who} cannot have the label '${key}' on Kubernetes: ${KEY_RULE}`],
    ...isLabelValue(value) ? [] : [`${who} cannot give the label '${key}' the value '${value}' on Kubernetes: use at most 63 letters, digits, '-', '_' and '.',`
      + ' with a letter or digit first and last; other texts can stand in annotations'],
  ]);
}

/** @internal The same of annotations. */
export function badAnnotations(who: string, annotations: Map): string[] {
  return Object.keys(annotations).filter((key) => !isAnnotationKey(key)).map((key) => `${who} cannot have the annotation '${key}' on Kubernetes: ${KEY_RULE}`);
}

const KEY_RULE = "use at most 63 letters, digits, '-', '_' and '.', with a letter or digit first and last, and before it, if need be, a domain and '/'";
