/// Payments and banks.
extension Sample {
    static let payments: [Sample] = [
        Sample(
            presets: ["stripe"],
            body: #"""
                {"id":"evt_{{id:24}}","object":"event","api_version":"2024-06-20","created":1767225600,"livemode":false,\#
                "pending_webhooks":1,"type":"payment_intent.succeeded","request":{"id":"req_{{id:14}}","idempotency_key":null},\#
                "data":{"object":{"id":"pi_{{id:24}}","object":"payment_intent","amount":2000,"amount_received":2000,"currency":"eur",\#
                "status":"succeeded","latest_charge":"ch_{{id:24}}","payment_method_types":["card"],"metadata":{"order":"6735"}}}}
                """#,
            fields: [
                "Content-Type: application/json; charset=utf-8"
            ]),
        Sample(
            presets: ["paypal"],
            body: #"""
                {"id":"WH-{{id:17}}","event_version":"1.0","create_time":"2026-01-01T12:00:00.000Z","resource_type":"capture",\#
                "event_type":"PAYMENT.CAPTURE.COMPLETED","summary":"Payment completed for EUR 20.00 EUR","resource":{"id":"{{id:17}}",\#
                "status":"COMPLETED","amount":{"currency_code":"EUR","value":"20.00"},"final_capture":true}}
                """#),
        Sample(
            presets: ["adyen"],
            body: #"""
                {"live":"false","notificationItems":[{"NotificationRequestItem":{"additionalData":{"hmacSignature":""},\#
                "amount":{"currency":"EUR","value":1130},"eventCode":"AUTHORISATION","eventDate":"2026-01-01T12:00:00+01:00",\#
                "merchantAccountCode":"TestMerchant","merchantReference":"TestPayment-6735","operations":["CANCEL","CAPTURE","REFUND"],\#
                "paymentMethod":"visa","pspReference":"{{id:16}}","reason":"","success":"true"}}]}
                """#),
        Sample(
            presets: ["square"],
            body: #"""
                {"merchant_id":"6SSW7HV8K2ST5","type":"payment.updated","event_id":"{{uuid}}","created_at":"2026-01-01T12:00:00Z",\#
                "data":{"type":"payment","id":"{{id:22}}","object":{"payment":{"id":"{{id:22}}","status":"COMPLETED",\#
                "amount_money":{"amount":100,"currency":"USD"},"location_id":"S8GWD5R9QB376"}}}}
                """#),
        Sample(
            presets: ["braintree"],
            body: #"""
                bt_payload=PG5vdGlmaWNhdGlvbj48a2luZD5zdWJzY3JpcHRpb25fY2hhcmdlZF9zdWNjZXNzZnVsbHk8L2tpbmQ%2BPC9ub3RpZmljYXRpb24%2B%0A
                """#,
            fields: [
                "Content-Type: application/x-www-form-urlencoded"
            ]),
        Sample(
            presets: ["checkout"],
            body: #"""
                {"id":"evt_{{id:26}}","type":"payment_approved","version":"1.0.17","created_on":"2026-01-01T12:00:00.0000000Z",\#
                "data":{"id":"pay_{{id:26}}","action_id":"act_{{id:26}}","amount":4220,"currency":"GBP","approved":true,"response_code":"10000"}}
                """#),
        Sample(
            presets: ["paddle"],
            body: #"""
                {"event_id":"evt_{{id:26}}","event_type":"transaction.completed","occurred_at":"2026-01-01T12:00:00.000000Z",\#
                "notification_id":"ntf_{{id:26}}","data":{"id":"txn_{{id:26}}","status":"completed","currency_code":"EUR",\#
                "details":{"totals":{"subtotal":"3000","tax":"690","total":"3690","currency_code":"EUR"}}}}
                """#),
        Sample(
            presets: ["razorpay"],
            body: #"""
                {"entity":"event","account_id":"acc_BFQ7uQEaa7j2z7","event":"payment.captured","contains":["payment"],"payload":{"payment":{\#
                "entity":{"id":"pay_{{id:14}}","entity":"payment","amount":50000,"currency":"INR","status":"captured","method":"upi",\#
                "captured":true,"email":"gaurav.kumar@example.com"}}},"created_at":1767268800}
                """#,
            fields: [
                "Content-Type: application/json",
                "x-razorpay-event-id: {{id:14}}",
            ]),
        Sample(
            presets: ["paystack"],
            body: #"""
                {"event":"charge.success","data":{"id":{{number}},"domain":"test","status":"success","reference":"{{id:10}}","amount":10000,\#
                "gateway_response":"Approved","paid_at":"2026-01-01T12:00:00.000Z","channel":"card","currency":"NGN",\#
                "customer":{"id":68324,"email":"demo@example.com","customer_code":"CUS_qo38as2hpsgk2r0"}}}
                """#),
        Sample(
            presets: ["flutterwave"],
            body: #"""
                {"webhook_id":"wbk_{{id:20}}","timestamp":1767268800000,"type":"charge.completed","data":{"id":"chg_{{id:10}}","amount":200,\#
                "currency":"NGN","reference":"{{id:16}}","status":"succeeded","customer":{"id":"cus_{{id:10}}","email":"user@example.com"}}}
                """#),
        Sample(
            presets: ["flutterwave-v3"],
            body: #"""
                {"event":"charge.completed","data":{"id":{{number}},"tx_ref":"Links-{{id:12}}","flw_ref":"PeterEkene/FLW{{id:12}}","amount":100,\#
                "currency":"NGN","charged_amount":100,"status":"successful","payment_type":"card","customer":{"id":215604089,\#
                "name":"Yemi Desola","email":"user@example.com"}}}
                """#),
        Sample(
            presets: ["mollie"],
            body: #"""
                {"resource":"event","id":"event_{{id:22}}","type":"payment-link.paid","entityId":"pl_{{id:22}}",\#
                "createdAt":"2026-01-01T12:00:00.0Z","_embedded":{"entity":{"id":"pl_{{id:22}}","amount":{"value":"24.95","currency":"EUR"}}}}
                """#),
        Sample(
            presets: ["gocardless"],
            body: #"""
                {"events":[{"id":"EV{{id:10}}","created_at":"2026-01-01T12:00:00.000Z","action":"confirmed","resource_type":"payments",\#
                "links":{"payment":"PM{{id:10}}"},"details":{"origin":"gocardless","cause":"payment_confirmed"}}],"meta":{"webhook_id":"WB{{id:10}}"}}
                """#),
        Sample(
            presets: ["wise"],
            body: #"""
                {"data":{"resource":{"id":{{number}},"profile_id":222,"account_id":333,"type":"transfer"},"current_state":"processing",\#
                "previous_state":"incoming_payment_waiting","occurred_at":"2026-01-01T12:00:00Z"},"subscription_id":"{{uuid}}",\#
                "event_type":"transfers#state-change","schema_version":"2.0.0","sent_at":"2026-01-01T12:00:00Z"}
                """#,
            fields: [
                "Content-Type: application/json",
                "X-Delivery-Id: {{uuid}}",
            ]),
        Sample(
            presets: ["plaid"],
            body: #"""
                {"webhook_type":"TRANSACTIONS","webhook_code":"SYNC_UPDATES_AVAILABLE","item_id":"{{id:37}}","initial_update_complete":true,\#
                "historical_update_complete":false,"environment":"sandbox"}
                """#),
        Sample(
            presets: ["mercadopago"],
            body: #"""
                {"id":{{number}},"live_mode":true,"type":"payment","date_created":"2026-01-01T12:00:00.000-04:00","user_id":44444,\#
                "api_version":"v1","action":"payment.created","data":{"id":"999999999"}}
                """#),
        Sample(
            presets: ["circle"],
            body: #"""
                {"subscriptionId":"{{uuid}}","notificationId":"{{uuid}}","notificationType":"transactions.inbound","notification":{"id":"{{uuid}}",\#
                "blockchain":"ETH-SEPOLIA","amounts":["0.01"],"state":"CONFIRMED","transactionType":"INBOUND"},\#
                "timestamp":"2026-01-01T12:00:00.000000000Z","version":2}
                """#),
        Sample(
            presets: ["coinbase-commerce"],
            body: #"""
                {"attempt_number":1,"event":{"id":"{{uuid}}","resource":"event","type":"charge:confirmed","api_version":"2018-03-22",\#
                "created_at":"2026-01-01T12:00:00Z","data":{"id":"{{uuid}}","code":"66BEOV2A","name":"Door","pricing_type":"fixed_price"}},\#
                "id":"{{uuid}}","scheduled_for":"2026-01-01T12:00:00Z"}
                """#),
        Sample(
            presets: ["affirm"],
            body: #"""
                amount_financed=100000&apr=0.00&checkout_token={{id:16}}&created=2026-01-01T11%3A59%3A00.849774&downpayment_amount=0&\#
                event=confirmed&event_timestamp=2026-01-01T12%3A00%3A00.110873&first_name=Joe&last_name=Sabou&number_of_payments=3&\#
                order_id=JKLMO4321&total=100000
                """#,
            fields: [
                "Content-Type: application/x-www-form-urlencoded"
            ]),
        Sample(
            presets: ["airwallex"],
            body: #"""
                {"id":"evt_{{id:16}}","name":"payment_intent.succeeded","account_id":"acct_{{id:22}}","created_at":"2026-01-01T12:00:00+0000",\#
                "data":{"object":{"id":"int_{{id:16}}","amount":100.00,"currency":"EUR","status":"SUCCEEDED","merchant_order_id":"6735"}}}
                """#),
        Sample(
            presets: ["mollie-classic"],
            body: #"""
                id=tr_{{id:10}}
                """#,
            fields: [
                "Content-Type: application/x-www-form-urlencoded"
            ]),
        Sample(
            presets: ["opay-v2"],
            body: #"""
                {"amount":{"currency":"EGP","total":400},"country":"EG","notifyId":"{{id:32}}","orderNo":"{{number}}","reference":"92631092",\#
                "status":"SUCCESS","timestamp":1767268800000,"type":"MACQUIRING_CALLBACK","extras":{}}
                """#,
            fields: ["Content-Type: application/json", "MerchantId: 256612345678901"]),
        Sample(
            presets: ["cashfree"],
            body: #"""
                {"data":{"order":{"order_id":"order_{{id:10}}","order_amount":2.00,"order_currency":"INR"},\#
                "payment":{"cf_payment_id":"{{number}}","payment_status":"SUCCESS","payment_amount":2.00,"payment_currency":"INR",\#
                "payment_time":"2026-01-01T12:00:00+05:30","payment_group":"upi"},\#
                "customer_details":{"customer_name":"Yogesh","customer_email":"test@example.com"}},\#
                "event_time":"2026-01-01T12:00:00+05:30","type":"PAYMENT_SUCCESS_WEBHOOK"}
                """#),
        Sample(
            presets: ["klarna"],
            body: #"""
                {"metadata":{"event_type":"payment.request.state-change.authorized","event_id":"{{uuid}}","event_version":"v2",\#
                "occurred_at":"2026-01-01T12:00:00Z","subject_account_id":"krn:partner:global:account:test:{{id:8}}",\#
                "webhook_id":"krn:partner:global:notification:webhook:{{uuid}}"},"payload":{"payment_request_id":"krn:payment:eu1:request:{{uuid}}",\#
                "state":"AUTHORIZED","previous_state":"SUBMITTED","amount":11836,"currency":"EUR"}}
                """#),
        Sample(
            presets: ["coinbase-cdp", "coinbase-cdp-v0"],
            body: #"""
                {"id":"{{uuid}}","type":"onchain.activity.detected","createdAt":"2026-01-01T12:00:00Z","data":{"network":"base-mainnet",\#
                "transactionHash":"0x{{id:64}}","eventName":"Transfer","from":"0x{{id:40}}","to":"0x{{id:40}}","value":"1000000"}}
                """#),
    ]
}
