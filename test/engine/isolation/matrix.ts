/** A row a container: whom it reaches. */
export interface Row<T> {
  readonly name: string;
  readonly reach: (to: T) => string[];
  readonly outside: readonly string[];
}

/** Text, aligned: `web-1   db-0-1 tcp:5432 · web-2 all`. */
export function matrix<T extends { readonly name: string }>(rows: readonly Row<T>[], containers: readonly T[], ports: readonly string[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows.map(({ name, reach, outside }) => {
    const cells = containers.filter((to) => to.name !== name).flatMap((to) => {
      const open = reach(to);
      if (open.length === 0) return [];
      return [`${to.name} ${open.length === ports.length ? 'all' : open.join(' ')}`];
    });
    return `${name.padEnd(width)}  ${[...cells, ...outside.length > 0 ? [`outside: ${outside.join(', ')}`] : []].join(' · ') || 'nobody'}`;
  }).join('\n');
}
