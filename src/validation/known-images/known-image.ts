/*
 * What much used public images want of the container that they run in: only what their Dockerfile, entrypoint or
 * description says. A value that nobody could read there is left out, and no rule speaks of it.
 */

/**
 * A folder in which an image keeps data.
 *
 * @internal
 */
export interface DataFolder {
  /** The folder, which is the image's VOLUME where it has one. */
  readonly path: string;
  /** Variable that names another folder. */
  readonly variable?: string;
  /** Where in it the data is made if the variable names no other folder, which must be empty then; undefined: anything may be there. */
  readonly madeIn?: string;
}

/**
 * How an image ends without losing what it works on.
 *
 * @internal
 */
export interface StopSignal {
  /** The image's STOPSIGNAL. */
  readonly signal: string;
  /** What it does on another signal. */
  readonly otherwise: string;
}

/**
 * A public image.
 *
 * @internal
 */
export interface KnownImage {
  /** Under these names it is published; the first is what people write. A name ending with `/*` is all of a namespace. */
  readonly names: readonly string[];
  /** First major version of its tag that the row is about; undefined: from the first on. */
  readonly since?: number;
  /** First major version that it is not about any more; undefined: up to the newest. */
  readonly before?: number;
  /** Parts of tags, between `-`, that are other images: `fpm`. */
  readonly exceptTags?: readonly string[];
  /** User id that it starts as; 0: root. */
  readonly user?: number;
  /** Group id that it starts with. */
  readonly group?: number;
  /** User id that it goes on as after it started as root. */
  readonly stepsDownTo?: number;
  /** Whether it fails as any other user. */
  readonly asThisUserOnly?: boolean;
  /** Variable that lets it run as any other user, by its presence. */
  readonly anyUserVariable?: string;
  /** Folders that it writes to besides `/tmp`, and that may be empty at each start. */
  readonly scratch?: readonly string[];
  /** Folders in which it keeps data. */
  readonly data?: readonly DataFolder[];
  /** Whether it writes to files of its root file system that no volume can cover. */
  readonly writableRoot?: boolean;
  /** File of the user's own with which it writes elsewhere, or not at all. */
  readonly settledBy?: string;
  /** Capabilities that it needs to start. */
  readonly capabilities?: readonly string[];
  /** Variable with which it starts without them. */
  readonly noCapabilitiesVariable?: string;
  /** How it ends; undefined: by TERM, as most do. */
  readonly stop?: StopSignal;
  /** Whether it must be process 1: an init in front of it keeps it from starting. */
  readonly processOne?: boolean;
  /** Where all of this can be read; the first is what the image is made of. */
  readonly sources: readonly string[];
}
