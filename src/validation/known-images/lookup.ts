import type { KnownImage } from './known-image';
import { KNOWN_IMAGES } from './table';

/**
 * What is known about an image; undefined where it is none of the table.
 *
 * Names are compared whole: `bitnami/postgresql`, or `postgres` of a registry of one's own, is another image. A path that
 * begins with `library/` is the official image on every registry, as mirrors have it.
 *
 * @internal
 */
export function knownImage(image: string): KnownImage | undefined {
  const { repository, tag } = partsOf(image);
  const rows = BY_NAME.get(repository) ?? BY_NAME.get(`${repository.slice(0, repository.lastIndexOf('/'))}/*`) ?? [];
  const fitting = rows.filter((row) => fits(row, tag));
  // A digest alone, or a tag without a number, may be any version.
  return fitting.length === 1 ? fitting[0] : undefined;
}

const BY_NAME = new Map<string, KnownImage[]>();
for (const row of KNOWN_IMAGES) {
  for (const name of row.names) BY_NAME.set(name, [...BY_NAME.get(name) ?? [], row]);
}

/** Where the official images are called as they are on Docker Hub. */
const DOCKER_HUB = /^(?:(?:index\.|registry-1\.)?docker\.io|mirror\.gcr\.io|public\.ecr\.aws\/docker)\//;

const OFFICIAL = /^(?:[^/]*[.:][^/]*\/)?library\//;

function partsOf(image: string): { repository: string; tag?: string } {
  const [named] = image.split('@');
  const [, repository, tag] = /^(.*?)(?::([^:/]+))?$/.exec(named)!;
  return { repository: repository.replace(DOCKER_HUB, '').replace(OFFICIAL, ''), tag };
}

function fits({ since, before, exceptTags = [] }: KnownImage, tag: string | undefined): boolean {
  if (tag?.split('-').some((part) => exceptTags.includes(part))) return false;
  const major = /^v?(\d+)/.exec(tag ?? '');
  if (major === null) return true;
  return (since === undefined || Number(major[1]) >= since) && (before === undefined || Number(major[1]) < before);
}
