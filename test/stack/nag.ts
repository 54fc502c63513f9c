/** Rules of cdk-nag (AwsSolutions, Serverless) that the stack breaks, each with the reason; whatever isn't here fails the tests, and so does what nothing needs. */

export interface Acknowledgement {
  /** A rule, with its finding where the rule has several. */
  readonly rule: RegExp;
  /** Of the construct, behind the stack's name. */
  readonly path: RegExp;
  readonly reason: string;
}

export const acknowledgements: readonly Acknowledgement[] = [
  {
    rule: /^AwsSolutions-APIG4$/,
    path: /^Status\/Http\/(DefaultRoute|(GET|POST)--(healthz|favicon\.svg|unsubscribe--\{token\}))\/Resource$/,
    reason:
      "The app asks for a token of its own for all that tells of a customer; an authoriser before it is there by context, and never before health, the icon and signed links.",
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    path: /^(Contacts|Judge|Notify|Plan|Resolve|Status\/Api|Tick|Vantage\/Probe)\/Role\/DefaultPolicy\/Resource$/,
    reason:
      "X-Ray has no resources; of network interfaces AWS has some only, and the probe's own code is denied all of it (network.test.ts).",
  },
  {
    rule: /^AwsSolutions-SQS3$/,
    path: /^Rhythm\/DeadLetters\/Resource$/,
    reason: "It is a dead-letter queue, of the schedule and of asynchronous runs: CDK doesn't see it as one.",
  },
  {
    rule: /^Serverless-SQSRedrivePolicy$/,
    path: /^(Vantage\/Jobs|Results|Outbox|Rhythm)\/DeadLetters\/Resource$/,
    reason: "It is a dead-letter queue itself, with an alarm on its first message.",
  },
  {
    rule: /^Serverless-LambdaDLQ$/,
    path: /^(Contacts|Judge|Notify|Plan|Resolve|Status\/Api|Tick|Vantage\/Probe)\/Function\/Resource$/,
    reason:
      "What the schedule begins has a destination for failures, which is the same with more of a story; queues have dead letters; the API answers at once.",
  },
  {
    rule: /^Serverless-LambdaEventSourceMappingDestination$/,
    path: /^(Judge|Notify|Vantage\/Probe)\/Function\/SqsEventSource:\w+\/Resource$/,
    reason: "A queue's failures go to its own dead letters; a destination here is for streams.",
  },
  {
    rule: /^Serverless-LambdaTracing$/,
    path: /^(Contacts|Judge|Notify|Plan|Resolve|Status\/Api|Tick|Vantage\/Probe)\/Function\/Resource$/,
    reason: "X-Ray costs and says little of work that waits for other people's servers: by context (tracing=true).",
  },
  {
    rule: /^Serverless-SNSRedrivePolicy$/,
    path: /^Operators\/\w+\/[^/]+\/Resource$/,
    reason:
      "What SNS could not hand over raises an alarm (NumberOfNotificationsFailed), and the message stands in the incident.",
  },
  {
    rule: /^AwsSolutions-VPC7$/,
    path: /^Vantage\/Network\/Vpc\/Resource$/,
    reason:
      "Flow logs of a network that only probes stand in would tell less than their transcripts, at 0.50 USD a GB.",
  },
  {
    rule: /^AwsSolutions-EC28$/,
    path: /^Vantage\/Network\/Vpc\/PublicSubnet1\/NatInstance\/Resource$/,
    reason:
      "Detailed monitoring costs as much as the instance: that looks fail is seen by the alarm on what was covered.",
  },
  {
    rule: /^AwsSolutions-EC29$/,
    path: /^Vantage\/Network\/Vpc\/PublicSubnet1\/NatInstance\/Resource$/,
    reason: "It keeps nothing; protected from termination it would only stand in the way of a change of its image.",
  },
  {
    rule: /^AwsSolutions-SMG4$/,
    path: /^Status\/Edge\/Secret\/Resource$/,
    reason:
      "It opens nothing: who knows it gets past the firewall to where a token is asked for. A new one takes a deployment of both ends.",
  },
  {
    rule: /^AwsSolutions-CFR1$/,
    path: /^Status\/Edge\/Distribution\/Resource$/,
    reason: "Operators sit anywhere; who wants borders has rules of the web ACL for them.",
  },
  {
    rule: /^AwsSolutions-CFR3$/,
    path: /^Status\/Edge\/Distribution\/Resource$/,
    reason: "The API behind it logs each request; what the web ACL blocks is in its own samples and metrics.",
  },
];
