/**
 * What brings the manifests to the cluster. It decides how release steps run, since a manifest alone cannot make a
 * Deployment wait for a Job.
 */
export class ReleaseTool {
  /**
   * `kubectl apply`, Flux, or anything that applies the objects and looks no further.
   *
   * A release step is an init container. It holds back each new copy until it has succeeded, and while it fails the old
   * copies go on; but it runs before each copy, also one that an autoscaler or a drained node brings: a finding. A Job could
   * hold back nothing here: copies would have to ask the API server whether it is done, for which they have no rights.
   */
  public static kubectl(): ReleaseTool {
    return new ReleaseTool('kubectl');
  }

  /**
   * Argo CD: a release step is a Job that runs once each sync.
   *
   * It is a hook of the sync itself, not a `PreSync` one, in a wave of its own: after what it needs (files, policies, the
   * stateful services that its workload calls or shares an open network with), before the Deployments. A failure stops the sync there.
   *
   * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
   */
  public static argoCd(): ReleaseTool {
    return new ReleaseTool('argo-cd');
  }

  /**
   * Helm (`cdk8s synth --format helm`): a release step is a Job that runs once each upgrade, before any object is
   * changed. A failure stops the upgrade there.
   *
   * With the first install it runs after the objects were made, since a database of the same chart is among them: a finding.
   *
   * @see https://helm.sh/docs/topics/charts_hooks/
   */
  public static helm(): ReleaseTool {
    return new ReleaseTool('helm');
  }

  private constructor(
    /** Its name. */
    public readonly name: string,
  ) {}

  /** @internal Whether a release step is a Job, so that it runs once a release. */
  public get _hasJobs(): boolean {
    return this.name !== 'kubectl';
  }

  /** @internal Whether it applies objects in waves, each when the one before is healthy. */
  public get _hasWaves(): boolean {
    return this.name === 'argo-cd';
  }
}
