/** The part of JSON Schema, and of Kubernetes' additions to it, that is walked here by hand. */
export interface JsonSchema {
  readonly '$ref'?: string;
  readonly 'allOf'?: readonly JsonSchema[];
  readonly 'type'?: string;
  readonly 'properties'?: Readonly<Record<string, JsonSchema>>;
  readonly 'additionalProperties'?: boolean | JsonSchema;
  readonly 'items'?: JsonSchema;
  readonly 'default'?: unknown;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-validations'?: readonly { rule: string; message?: string }[];
}
