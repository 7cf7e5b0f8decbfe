/**
 * Those who sign certificates that are trusted. Their own certificates are public.
 */
export interface AuthorityModel {
  /** PEM text of their certificates. */
  readonly certificates: string;
  /** Hash of the text, for names by content. */
  readonly hash: string;
}
