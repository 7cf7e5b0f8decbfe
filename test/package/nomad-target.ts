import {
  Answer, Answers, Fragment, Target,
  type AllAnswers, type IWorkloadRenderer, type OutputFile, type SynthContext, type WorkloadAnswers, type WorkloadModel, type WorkloadSlot,
} from 'cdk8s-ha';

/** A target of a third party: one Nomad job for each workload, and an honest word about all that is missing. */
export class NomadTarget extends Target {
  public constructor() {
    super('nomad');
  }

  public bindWorkload(slot: WorkloadSlot): void {
    new Fragment(slot.scope, 'nomad-job', `nomad/${slot.chart.node.id}`, 'Job', slot.name, slot.lazy(new JobRenderer()));
  }

  public answerWorkload(_workload: WorkloadModel): WorkloadAnswers {
    return {
      ...Answers.allDropped('this target renders jobs, and nothing that protects them'),
      copyCrash: Answer.native('restart block'),
      nodeLoss: Answer.native('the scheduler moves allocations'),
      rollingUpdate: Answer.native('update block with canary'),
    };
  }

  public answerNetwork(): AllAnswers {
    return Answers.allDropped('this target renders no networks');
  }

  public answerLoadBalancer(): AllAnswers {
    return Answers.allDropped('this target renders no load balancers');
  }

  public files(context: SynthContext): OutputFile[] {
    return context.root.node.findAll()
      .filter((construct): construct is Fragment => Fragment.isFragment(construct) && (construct as Fragment).file.startsWith('nomad/'))
      .map((fragment) => ({ path: `${fragment.file}/${fragment.key}.json`, text: `${JSON.stringify({ Job: fragment.toJson() }, undefined, 2)}\n` }));
  }
}

class JobRenderer implements IWorkloadRenderer {
  public render({ name, replicas, container, ports }: WorkloadModel): unknown {
    return {
      ID: name,
      Type: 'service',
      TaskGroups: [{
        Name: name,
        Count: replicas,
        Networks: [{ DynamicPorts: ports.map((port) => ({ Label: port.name, To: port.number })) }],
        Tasks: [{ Name: name, Driver: 'docker', Config: { image: container.image }, Env: container.environment }],
      }],
    };
  }
}
