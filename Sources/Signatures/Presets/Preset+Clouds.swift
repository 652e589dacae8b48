extension Preset {
    /// Clouds and who is signed in to them.
    static let clouds: [Preset] = [
        Preset(
            "okta",
            verify: #"""
                { type: "token", in: "header:Authorization", key: "{secret:SECRET}" }
                """#,
            id: "json:eventId", type: "json:data.events.*.eventType",
            ack: Acknowledgement(status: 200, type: nil, body: ""),
            handshake: #"""
                [
                  {
                    when: { method: "GET" },
                    verify: false,
                    respond: {
                      type: "application/json",
                      body: "{{\"verification\":\"{header:X-Okta-Verification-Challenge}\"}}",
                    },
                  },
                ]
                """#,
            docs: "https://developer.okta.com/docs/concepts/event-hooks/",
            note: "SECRET is the whole value of Authorization that the hook is given: the body is not signed.",
            manners: Manners(
                secret:
                    "you choose it: Workflow › Event Hooks › the hook: Authentication secret, with Authorization as its field",
                waits: "3 s", retries: "once, and not after an answer 4xx", takes: [200, 204], body: .empty)),
        Preset(
            "aws-sns",
            verify: #"""
                {
                  type: "any",
                  of: [
                    {
                      type: "signature",
                      algorithm: "rsa-pkcs1-sha1",
                      require: { "json:SignatureVersion": "1" },
                      key: \#(snsKey),
                      requireGiven: { "json:TopicArn": "{secret:TOPIC}" },
                      signature: { in: "json:Signature", encoding: "base64" },
                      message: \#(snsMessage),
                    },
                    {
                      type: "signature",
                      algorithm: "rsa-pkcs1-sha256",
                      require: { "json:SignatureVersion": "2" },
                      key: \#(snsKey),
                      requireGiven: { "json:TopicArn": "{secret:TOPIC}" },
                      signature: { in: "json:Signature", encoding: "base64" },
                      message: \#(snsMessage),
                    },
                  ],
                }
                """#,
            id: "json:MessageId", type: "json:Type",
            handshake: #"""
                [
                  {
                    when: { "json:Type": "SubscriptionConfirmation" },
                    respond: { body: "" },
                    show: {
                      value: "{json:SubscribeURL}",
                      host: ["sns.*.amazonaws.com", "sns.*.amazonaws.com.cn"],
                    },
                  },
                ]
                """#,
            docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
            note: """
                TOPIC is the ARN of your topic: Amazon signs for every account, so without it anybody's topic passes. \
                confirm: true has the route open SubscribeURL by itself.
                """,
            manners: Manners(
                secret:
                    "no secret: Amazon SNS › Topics › the topic: its ARN. The certificate behind SigningCertURL is fetched",
                waits: "15 s", retries: "as the subscription's policy says: 50 tries by default", bodyMost: 256 << 10)),
        Preset(
            "google-pubsub",
            verify: #"""
                {
                  type: "jwt",
                  in: "header:Authorization",
                  prefix: "Bearer ",
                  algorithms: ["RS256"],
                  key: {
                    value: "{secret:JWKS_KEY}",
                    format: "pem",
                    fetch: { url: "https://www.googleapis.com/oauth2/v3/certs", format: "jwks" },
                  },
                  claims: {
                    aud: "{secret:AUDIENCE}",
                    iss: ["https://accounts.google.com", "accounts.google.com"],
                    email: "{secret:SERVICE_ACCOUNT}",
                    email_verified: "true",
                  },
                }
                """#,
            id: "json:message.messageId", docs: "https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
            manners: Manners(
                secret: "no secret: the subscription's audience and service account. Google's keys are fetched",
                waits: "the subscription's deadline, 10 s by default",
                retries: "until it is acknowledged, at most 7 days", takes: [200, 201, 202, 204], bodyMost: 14 << 20)),
        Preset(
            "openid",
            verify: #"""
                {
                  type: "jwt",
                  in: "header:Authorization",
                  prefix: "Bearer ",
                  algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
                  key: { value: "{secret:JWKS}", format: "jwks", fetch: { format: "jwks" } },
                  claims: { iss: "{secret:ISSUER}", aud: "{secret:AUDIENCE}" },
                }
                """#,
            docs: "https://openid.net/specs/openid-connect-core-1_0.html",
            note: "Any issuer whose tokens are signed by keys that it publishes. The body is not signed.",
            manners: Manners(
                secret: "no secret: issuer and jwks_uri, from the issuer's /.well-known/openid-configuration",
                waits: "whoever sends decides", retries: "whoever sends decides")),
    ]

    /// Both versions sign the same text; what has a question mark is part of it only where it was sent.
    private static let snsMessage = #"""
        [
          "Message\n{json:Message}\n",
          "MessageId\n{json:MessageId}\n",
          "?Subject\n{json:Subject}\n",
          "?SubscribeURL\n{json:SubscribeURL}\n",
          "Timestamp\n{json:Timestamp}\n",
          "?Token\n{json:Token}\n",
          "TopicArn\n{json:TopicArn}\n",
          "Type\n{json:Type}\n",
        ]
        """#

    /// Amazon's certificates come alone, without that of their issuer. Names by region, as Amazon's own libraries have
    /// them.
    private static let snsKey = #"""
        {
          value: "{secret:CERT}",
          format: "pem",
          fetch: {
            id: "{json:SigningCertURL}",
            url: "{key:id}",
            host: ["sns.*.amazonaws.com", "sns.*.amazonaws.com.cn"],
            path: "/*.pem",
            format: "certificate",
            names: [
              "sns.amazonaws.com", "sns.*.amazonaws.com", "sns-signing.*.amazonaws.com", "sns-us-gov-west-1.amazonaws.com",
              "sns.*.amazonaws.com.cn", "sns-signing.*.amazonaws.com.cn", "sns-cn-north-1.amazonaws.com.cn",
              "sns-cn-northwest-1.amazonaws.com.cn",
            ],
            issuers: ["crt.*.amazontrust.com", "cacerts.digicert.com"],
            cache: "24h",
          },
        }
        """#
}
