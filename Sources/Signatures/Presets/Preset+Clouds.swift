extension Preset {
    /// Clouds and who is signed in to them.
    static let clouds: [Preset] = [
        Preset(
            "okta",
            verify: #"""
                { type: "token", in: "header:Authorization", key: "{secret:SECRET}" }
                """#,
            id: "json:eventId", type: "json:data.events.0.eventType",
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
                waits: "3 s", retries: "once")),
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
                      key: { value: "{secret:CERT}", format: "pem" },
                      signature: { in: "json:Signature", encoding: "base64" },
                      message: [
                        "Message\n{json:Message}\n",
                        "MessageId\n{json:MessageId}\n",
                        "?Subject\n{json:Subject}\n",
                        "?SubscribeURL\n{json:SubscribeURL}\n",
                        "Timestamp\n{json:Timestamp}\n",
                        "?Token\n{json:Token}\n",
                        "TopicArn\n{json:TopicArn}\n",
                        "Type\n{json:Type}\n",
                      ],
                    },
                    {
                      type: "signature",
                      algorithm: "rsa-pkcs1-sha256",
                      require: { "json:SignatureVersion": "2" },
                      key: { value: "{secret:CERT}", format: "pem" },
                      signature: { in: "json:Signature", encoding: "base64" },
                      message: [
                        "Message\n{json:Message}\n",
                        "MessageId\n{json:MessageId}\n",
                        "?Subject\n{json:Subject}\n",
                        "?SubscribeURL\n{json:SubscribeURL}\n",
                        "Timestamp\n{json:Timestamp}\n",
                        "?Token\n{json:Token}\n",
                        "TopicArn\n{json:TopicArn}\n",
                        "Type\n{json:Type}\n",
                      ],
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
            note: "CERT is the certificate of SigningCertURL, kept by you.",
            manners: Manners(
                secret: "no secret: the certificate behind SigningCertURL, from https://sns.REGION.amazonaws.com",
                waits: "15 s", retries: "as the subscription's policy says: 50 tries by default", bodyMost: 256 << 10)),
        Preset(
            "google-pubsub",
            verify: #"""
                {
                  type: "jwt",
                  in: "header:Authorization",
                  prefix: "Bearer ",
                  algorithms: ["RS256"],
                  key: { value: "{secret:JWKS_KEY}", format: "pem" },
                  claims: {
                    aud: "{secret:AUDIENCE}",
                    iss: ["https://accounts.google.com", "accounts.google.com"],
                    email: "{secret:SERVICE_ACCOUNT}",
                    email_verified: "true",
                  },
                }
                """#,
            id: "json:message.messageId", docs: "https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
            note: "JWKS_KEY is Google's public key in PEM, kept by you.",
            manners: Manners(
                secret: "no secret: Google's public key, and the subscription's audience and service account",
                waits: "the subscription's deadline, 10 s by default",
                retries: "until it is acknowledged, at most 7 days", takes: [200, 201, 202, 204], bodyMost: 14 << 20)),
    ]
}
