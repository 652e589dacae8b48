internal import Admin
internal import Config
internal import Crypto
internal import Routes

/// What Criptoladrillo's payment QR holds: amount, currency, destination and internal id as `a`, `c`, `d` and `i`. Paying
/// it makes Criptoladrillo send the movement with these.
struct PaymentCode {
    /// As written: an amount may have more digits than a double holds.
    private let amount: ConfigValue
    private let currency: String
    private let destination: String
    private let internalID: String

    /// Nil when this is no such object.
    init?(_ bytes: [UInt8]) {
        var diagnostics = Diagnostics()
        guard let code = JSON5.parse(bytes, file: "code", into: &diagnostics), !diagnostics.hasErrors,
            case .object(let members) = code.value, Set(members.map(\.key)) == ["a", "c", "d", "i"], members.count == 4,
            let amount = code["a"]?.value
        else { return nil }
        switch amount {
        case .number, .string: self.amount = amount
        case .null, .bool, .array, .object: return nil
        }
        let texts = ["c", "d", "i"].map { code.text($0) }
        guard texts.allSatisfy({ !$0.isEmpty }) else { return nil }
        (currency, destination, internalID) = (texts[0], texts[1], texts[2])
    }

    /// - Parameters:
    ///   - data: a body, or the JSON of a payment QR where the route is Criptoladrillo's.
    ///   - code: the JSON of a payment QR.
    /// - Returns: nil when there is neither.
    static func body(data: [UInt8]?, code: [UInt8]?, for route: RouteConfig) throws -> [UInt8]? {
        let isOurs = route.preset == "criptoladrillo"
        guard let code else {
            guard let data else { return nil }
            return try isOurs ? PaymentCode(data)?.event() ?? data : data
        }
        guard isOurs, data == nil else {
            throw CommandFailure(
                "--payment-qr is for routes of Criptoladrillo, and without --data; see -h", status: .usage)
        }
        guard let code = PaymentCode(code) else {
            throw CommandFailure("--payment-qr is no JSON with a, c, d and i, as a payment QR holds it")
        }
        return try code.event()
    }

    func event() throws -> [UInt8] {
        var json = JSONWriter()
        let (operation, transaction) = (Hex.encode(try randomBytes(32)), "0x" + Hex.encode(try randomBytes(32)))
        json.object {
            $0.member("operation_id", operation)
            $0.key("amount")
            $0.value(amount)
            $0.member("currency", currency)
            $0.member("destination", destination)
            $0.member("internal_id", internalID)
            $0.member("transaction_hash", transaction)
        }
        return Array(json.text.utf8)
    }
}
