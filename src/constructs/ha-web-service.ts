import type { Construct } from 'constructs';
import type { CertificateIssuer } from './certificate-issuer';
import { pathIn } from './declarations';
import { LoadBalancer } from './load-balancer';
import type { ReleaseStepProps } from './release-step';
import { addScheduledJob, type AddScheduledJobProps, type ScheduledJob } from './scheduled-job';
import { Workload } from './workload';
import { replicasOf } from './workload-checks';
import { PORT_PROPS, REPLICATED_PROPS, type PortProps, type ReplicatedProps } from './workload-props';
import { Port, Protocol } from '../model/port';
import { WorkloadKind } from '../model/workload';
import * as messages from '../validation/messages';
import { checkProps, type PropNames } from '../validation/props';

/**
 * Options of a web service.
 */
export interface HAWebServiceProps extends ReplicatedProps, PortProps {
  /** Port on which it listens, the same inside the container and for those who call it. */
  readonly port: number;
  /**
   * What is spoken on the port.
   *
   * @default Protocol.HTTP
   */
  readonly protocol?: Protocol;
  /**
   * Host name that leads to it: a route of the chart's load balancer, which is made (`edge`) where none is declared.
   *
   * @default - no route
   */
  readonly domainName?: string;
  /**
   * Who issues the certificate for `domainName`.
   *
   * @default - the load balancer's `certificates`
   */
  readonly certificates?: CertificateIssuer;
  /**
   * Whether plain HTTP for `domainName` is sent to HTTPS.
   *
   * @default - the load balancer's, which is true
   */
  readonly redirectHttp?: boolean;
  /**
   * Whether browsers are told to use HTTPS for `domainName` for a year.
   *
   * @default - the load balancer's, which is true
   */
  readonly hsts?: boolean;
}

/**
 * A replicated service that speaks HTTP, gRPC or TCP.
 *
 * Kubernetes: Deployment, Service, PodDisruptionBudget, NetworkPolicy, ServiceAccount, with `maxReplicas` a
 * HorizontalPodAutoscaler. Compose: a service of several containers. Swarm: a service of several tasks.
 */
export class HAWebService extends Workload {
  /**
   * @param scope the chart, or a construct in it
   * @param id its name and host name on every target
   * @param props options
   */
  public constructor(scope: Construct, id: string, props: HAWebServiceProps) {
    const path = pathIn(scope, id, 'HAWebService');
    checkProps(path, id, props, PROPS);
    const protocol = props.protocol ?? Protocol.HTTP;
    super(scope, id, props, {
      kind: WorkloadKind.SERVICE,
      ...replicasOf(path, id, props, 2),
      ports: [Port.of(protocol, props.port, protocol), ...props.additionalPorts ?? []],
      publishedPorts: props.publishedPorts,
    });
    if (props.domainName !== undefined) {
      const { certificates, redirectHttp, hsts } = props;
      LoadBalancer._for(this, props.domainName).addRoute(props.domainName, this, { certificates, redirectHttp, hsts });
    } else if (props.certificates !== undefined) {
      throw new Error(messages.certificatesWithoutDomain(this.node.path, id));
    }
  }

  /**
   * Adds a command that runs once a release, before the first new copy: a migration of the database, say. It has the
   * image, environment, secrets and files of the new copies. When it fails, the deployment stops and the old copies
   * go on. It must be able to run again: a rollback does not undo it, and one that failed is repeated.
   *
   * Compose: `deploy.sh` runs it; plain `docker compose up` before the copies start, each time.
   * Swarm: `deploy.sh` runs it as a service of its own and waits for its end; plain `docker stack deploy` does not run it.
   * Kubernetes: an init container, so before each copy, a finding; with `releaseTool: ReleaseTool.argoCd()` or `.helm()` on the
   * target a Job that runs once.
   *
   * @param name unique in the workload
   * @param props the command
   */
  public addReleaseStep(name: string, props: ReleaseStepProps): void {
    this._addReleaseStep(name, props);
  }

  /**
   * Adds a scheduled job that runs the same image with the same environment, secrets, files, volumes, networks and
   * ways out.
   *
   * @param id the job's name on every target
   * @param props schedule and command
   */
  public addScheduledJob(id: string, props: AddScheduledJobProps): ScheduledJob {
    return addScheduledJob(this, id, props);
  }
}

const PROPS: PropNames<HAWebServiceProps> = {
  ...REPLICATED_PROPS, ...PORT_PROPS, port: true, protocol: true, domainName: true, certificates: true, redirectHttp: true, hsts: true,
};
