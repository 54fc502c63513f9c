/** The state of every chain, as JSON and as a page, for whoever has a token. Reads the tables, and writes who acknowledged an incident and who unsubscribed. Confirms subscriptions to the topics. */

import { Aws, CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  DomainName,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer, HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { ApiAuth, ApiDomain, StackSettings, WebAcl } from "./context.ts";
import { Edge } from "./edge.ts";
import type { Operators } from "./operators.ts";
import { Step, seconds } from "./step.ts";
import type { Tables } from "./tables.ts";
import { managedWebAcl } from "./web-acl-stack.ts";

export interface StatusProps {
  readonly tables: Tables;
  readonly operators: Operators;
  readonly settings: StackSettings;
}

/** Asked for by people and machines that have nothing to sign with: none of them tells of a customer, and a link to unsubscribe is signed itself. */
const openPaths = {
  "/healthz": [HttpMethod.GET],
  "/favicon.svg": [HttpMethod.GET],
  "/unsubscribe/{token}": [HttpMethod.GET, HttpMethod.POST],
} as const;

/** The route and not the path: a link to unsubscribe carries its right in the path. */
const accessLine = JSON.stringify({
  time: "$context.requestTime",
  request: "$context.requestId",
  from: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  route: "$context.routeKey",
  status: "$context.status",
  bytes: "$context.responseLength",
  ms: "$context.responseLatency",
});

export class Status extends Construct {
  readonly url: string;
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { tables, operators, settings }: StatusProps) {
    super(scope, id);
    const status = new Step(this, "Api", {
      handler: "status",
      description: "Answers how each customer's mail is, as JSON and as a page",
      timeout: seconds(15),
      memory: 512,
      environment: { stack: tables.prefix, every: String(settings.everyMs), topic: operators.topic.topicArn },
      upkeep: settings,
    });
    // Written is only who acknowledged an incident, with its cause and in the record, and which contact unsubscribed.
    tables.grant(status, {
      config: ["get", "query"],
      state: ["get", "getMany", "query", "queryIndex", "put"],
      ledger: ["get", "query", "put"],
    });
    operators.letConfirm(status);
    const { apiAuth, webAcl } = settings;
    // Behind CloudFront the name is the distribution's.
    const ownDomain = webAcl === null ? settings.apiDomain : null;
    const integration = new HttpLambdaIntegration("Integration", status.function);
    const authorizer = authorizerOf(apiAuth);
    this.api = new HttpApi(this, "Http", {
      description: "Chainmail's status",
      createDefaultStage: false,
      disableExecuteApiEndpoint: ownDomain !== null,
      defaultIntegration: integration,
      ...(authorizer !== null && { defaultAuthorizer: authorizer }),
    });
    if (authorizer !== null) {
      for (const [path, methods] of Object.entries(openPaths))
        this.api.addRoutes({ path, methods: [...methods], integration, authorizer: new HttpNoneAuthorizer() });
    }
    const domainName = ownDomain === null ? null : this.domain(ownDomain);
    const accessLog = new LogGroup(this, "AccessLog", {
      retention: settings.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this.api, "DefaultStage", {
      httpApi: this.api,
      autoDeploy: true,
      throttle: { rateLimit: settings.apiRate, burstLimit: 2 * settings.apiRate },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(accessLine),
      },
      ...(domainName !== null && { domainMapping: { domainName } }),
    });
    const edge = webAcl === null ? null : this.edge(arnOf(webAcl, settings.stackName), settings.apiDomain);
    if (edge !== null) status.tell("edgeSecret", edge.secret);
    this.url = urlOf(settings.apiDomain?.name ?? edge?.domainName ?? null) ?? this.api.apiEndpoint;
    status.tell("statusUrl", this.url);
    if (operators.second !== null) status.tell("second", operators.second.topicArn);
    const url = new CfnOutput(this, "Url", {
      value: this.url,
      description: `Status pages and API. Next: npx chainmail token create --stack ${tables.prefix}, and open the page with it`,
    });
    url.overrideLogicalId("StatusUrl");
  }

  private domain({ name, certificate }: ApiDomain): DomainName {
    const domain = new DomainName(this, "Domain", {
      domainName: name,
      certificate: Certificate.fromCertificateArn(this, "Certificate", certificate),
    });
    this.tellTarget(name, domain.regionalDomainName);
    return domain;
  }

  private edge(webAcl: string, domain: ApiDomain | null): Edge {
    const origin = `${this.api.apiId}.execute-api.${Stack.of(this).region}.${Aws.URL_SUFFIX}`;
    const edge = new Edge(this, "Edge", { origin, webAcl, domain });
    if (domain !== null) this.tellTarget(domain.name, edge.domainName);
    return edge;
  }

  private tellTarget(name: string, value: string): void {
    const description = `Next: point a CNAME record of ${name} here`;
    new CfnOutput(this, "DomainTarget", { value, description }).overrideLogicalId("StatusCname");
  }
}

function urlOf(name: string | null): string | null {
  return name === null ? null : `https://${name}`;
}

function arnOf(webAcl: WebAcl, stackName: string): string {
  return webAcl.kind === "own" ? webAcl.arn : managedWebAcl(stackName);
}

function authorizerOf(auth: ApiAuth): IHttpRouteAuthorizer | null {
  switch (auth.kind) {
    case "token":
      return null;
    case "iam":
      return new HttpIamAuthorizer();
    case "oidc":
      return new HttpJwtAuthorizer("Oidc", auth.issuer, { jwtAudience: [...auth.audience] });
  }
}
