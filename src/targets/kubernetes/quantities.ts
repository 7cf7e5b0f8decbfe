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

/** @internal Seconds as the Gateway API writes them. */
export function duration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}
