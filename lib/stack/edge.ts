/**
 * A firewall before the API: a web ACL can't be attached to an HTTP API, so it stands on a CloudFront distribution, which
 * adds a secret to what it lets through. The app refuses what comes without it.
 */

import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { HttpOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { edgeHeader } from "../status/guard.ts";
import type { ApiDomain } from "./context.ts";

export interface EdgeProps {
  /** Where the API is, without `https://`. */
  readonly origin: string;
  /** ARN, of us-east-1 as all that CloudFront takes. */
  readonly webAcl: string;
  /** Its certificate in us-east-1; null: CloudFront's own name. */
  readonly domain: ApiDomain | null;
}

export class Edge extends Construct {
  /** The distribution's own. */
  readonly domainName: string;
  /** Resolved when it is deployed: the template doesn't hold it. */
  readonly secret: string;

  constructor(scope: Construct, id: string, { origin, webAcl, domain }: EdgeProps) {
    super(scope, id);
    const secret = new Secret(this, "Secret", {
      description: "Chainmail: what CloudFront says to the API",
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
    });
    this.secret = secret.secretValue.unsafeUnwrap();
    const distribution = new Distribution(this, "Distribution", {
      comment: "Chainmail's status",
      webAclId: webAcl,
      ...(domain !== null && {
        domainNames: [domain.name],
        certificate: Certificate.fromCertificateArn(this, "Certificate", domain.certificate),
        // Under CloudFront's own name older ones are taken too, and nobody can forbid it.
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
      defaultBehavior: {
        origin: new HttpOrigin(origin, {
          protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
          customHeaders: { [edgeHeader]: this.secret },
        }),
        allowedMethods: AllowedMethods.ALLOW_ALL,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        // Whoever asks sees something else, and the app says itself what may be kept.
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      },
    });
    this.domainName = distribution.domainName;
  }
}
