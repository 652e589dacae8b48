/// Bodies as the providers' documentation shows them, with ids that differ.
extension Sample {
    static let all =
        [alfred, fluxvend, monnify, opay, incode, criptoladrillo, hurupay] + development + messaging + payments
        + business + teams

    private static let alfred = Sample(
        presets: ["alfred"],
        body: """
            {
               "invoices": "154b2b72-1280-445d-9bbb-{{id:12}}",
               "date_invoices": "2023-09-25 17:28:03-0000",
               "signature_invoices": ""
            }
            """)

    private static let fluxvend = Sample(
        presets: ["fluxvend", "fluxvend-core", "fluxvend-node", "fluxvend-java", "fluxvend-prose", "fluxvend-prose2"],
        body: #"""
            {
              "tenantId": "tenant123",
              "transactionRef": "TXN{{id}}",
              "paymentRef": "PAY{{id}}",
              "paymentMethod": "CARD",
              "amount": 1000.00,
              "customer": {
                "id": "cust123",
                "name": "Jane Doe",
                "email": "jane.doe@example.com",
                "phone": "+1234567890"
              },
              "transactionDate": "2024-08-13T15:30:00Z",
              "accountNumber": "1234567890",
              "bankCode": "032",
              "bankName": "First Bank",
              "accountName": "John Doe"
            }
            """#)

    private static let monnify = Sample(
        presets: ["fluxvend-monnify", "monnify"],
        body: #"""
            {"eventData":{"product":{"reference":"111222333","type":"OFFLINE_PAYMENT_AGENT"},\#
            "transactionReference":"MNFY|76|20211117154810|{{id:6}}","paymentReference":"0.01462001097368737",\#
            "paidOn":"17/11/2021 3:48:10 PM","paymentDescription":"Mockaroo Jesse","metaData":{},\#
            "destinationAccountInformation":{},"paymentSourceInformation":{},"amountPaid":78000,"totalPayable":78000,\#
            "offlineProductInformation":{"code":"41470","type":"DYNAMIC"},"cardDetails":{},"paymentMethod":"CASH",\#
            "currency":"NGN","settlementAmount":77600,"paymentStatus":"PAID",\#
            "customer":{"name":"Mockaroo Jesse","email":"111222333@ZZAMZ4WT4Y3E.monnify"}},\#
            "eventType":"SUCCESSFUL_TRANSACTION"}
            """#)

    private static let opay = Sample(
        presets: ["fluxvend-opay", "opay"],
        body: #"""
            {"payload":{"amount":"49160","channel":"Web","country":"NG","currency":"NGN","displayedFailure":"",\#
            "fee":"737","feeCurrency":"NGN","instrumentType":"BankCard","reference":"10023","refunded":false,\#
            "status":"SUCCESS","timestamp":"2022-05-07T06:20:46Z","token":"220507145660712931829",\#
            "transactionId":"2205071456607129{{id:8}}","updated_at":"2022-05-07T07:20:46Z"},"sha512":"",\#
            "type":"transaction-status"}
            """#)

    private static let incode = Sample(
        presets: ["incode", "incode-static", "incode-jwt"],
        body: #"{"requestId":"cba1e997-sbaf-1234-abc5-{{id:12}}","status":"OK"}"#)

    private static let criptoladrillo = Sample(
        presets: ["criptoladrillo"],
        body: #"""
            {
                "operation_id": "{{id:64}}",
                "amount": 23.4055,
                "currency": "CLAD",
                "destination": "DLtI3g1m2dmFlvMUpUCu",
                "internal_id": "459",
                "transaction_hash": "0x520d5ea81ce9892cff86fee5b09fc5882ba40351377ecedd4898027010d66fce"
            }
            """#)

    private static let hurupay = Sample(
        presets: ["hurupay", "hurupay-go", "hurupay-double", "hurupay-auto"],
        body: #"""
            {"api_version":"v1","event_id":"{{id}}","event_category":"collection",\#
            "event_type":"collection.successful","event_object":{"type":"collections","id":"col_{{id}}",\#
            "partner":"partner_ABC123","customer_name":"John Doe","collection_currency":"GHS","collection_rail":"MTN",\#
            "collection_amount":5000,"blockchain_network":"CELO","blockchain_token":"cUSD",\#
            "blockchain_proof":"https://explorer.celo.org/alfajores/tx/0xabc123def456gh7890ijklmnopqrs123456",\#
            "token_amount":500,"description":"Mobile collection for invoice #INV-2024-001"},\#
            "event_created_at":"2024-10-10"}
            """#)
}
