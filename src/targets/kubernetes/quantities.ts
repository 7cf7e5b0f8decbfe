/** @internal Mebibytes as Kubernetes writes them. */
export function mebibytes(amount: number): string {
  return amount % 1024 === 0 ? `${amount / 1024}Gi` : `${amount}Mi`;
}

/** @internal Thousandths of a core as Kubernetes writes them. */
export function cores(millis: number): string {
  return millis % 1000 === 0 ? `${millis / 1000}` : `${millis}m`;
}

/** @internal A number, or a percentage, as Kubernetes takes it. */
export function countOrPercent(text: string): number | string {
  return text.endsWith('%') ? text : Number(text);
}

/**
 * Seconds as the Gateway API writes them, in numbers of five digits at most.
 *
 * @see https://gateway-api.sigs.k8s.io/geps/gep-2257/
 * @internal
 */
export function duration(seconds: number): string {
  if (!Number.isInteger(seconds)) return `${Math.round(seconds * 1000)}ms`;
  if (seconds < 100_000) return `${seconds}s`;
  const parts: [number, string][] = [[Math.floor(seconds / 3600), 'h'], [Math.floor(seconds / 60) % 60, 'm'], [seconds % 60, 's']];
  return parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`).join('');
}
