import Domain
import Wire

/// One connection whose handler answers at once, fed as its server feeds it, and what an observer writes down.
struct Exchange: ~Copyable {
    struct Request: Equatable {
        let method: [UInt8]
        let path: [UInt8]
        let query: [UInt8]?
        let minorVersion: Int
        let fields: [[[UInt8]]]
        let body: [UInt8]
    }

    enum Note: Equatable {
        case request(Request)
        case refusal(status: UInt16)
        case idle, unfinished, closed
    }

    static let bodyLimit = 4096

    private let queue = ByteQueue(capacity: 64)
    private var machine = Connection(at: now)
    private var room = 0
    private var isOver = false
    private(set) var notes: [Note] = []

    private static let now = MonotonicTime(nanoseconds: 0)

    /// Everything in these pieces, how the connection stands then, and how it ends when the peer closes.
    static func notes(_ pieces: [ArraySlice<UInt8>]) throws(Violation) -> [Note] {
        var exchange = Exchange()
        try exchange.pump()
        for piece in pieces { try exchange.receive(piece) }
        exchange.notes.append(exchange.isOver ? .closed : exchange.machine.isIdle ? .idle : .unfinished)
        if !exchange.isOver {
            exchange.machine.peerClosed()
            try exchange.pump()
            try hold(exchange.isOver, "the peer has closed and the connection goes on")
        }
        return exchange.notes
    }

    private mutating func receive(_ piece: ArraySlice<UInt8>) throws(Violation) {
        var rest = piece
        while !rest.isEmpty, !isOver {
            let taken = min(rest.count, room - queue.count)
            rest.prefix(taken).withUnsafeBytes { queue.append($0) }
            rest = rest.dropFirst(taken)
            try pump()
        }
    }

    private mutating func pump() throws(Violation) {
        while true {
            switch machine.next(in: queue, at: Self.now) {
            case .read(let room):
                try hold(room > queue.count, "asks for more and leaves no room: \(room) with \(queue.count) held")
                self.room = room
                return
            case .waitForAnswer: return
            case .admission:
                try hold(!isRefused, "a request after a refusal")
                machine.admit(bodyLimit: Self.bodyLimit, at: Self.now)
            case .sendContinue: try hold(!isRefused, "an invitation after a refusal")
            case .request:
                try hold(!isRefused, "a request after a refusal")
                let request = Request(machine.view(of: queue))
                try hold(request.body.count <= Self.bodyLimit, "a body of \(request.body.count)")
                notes.append(.request(request))
                machine.handedOver(queue)
                _ = machine.answer(queue, at: Self.now)
            case .refuse(let refusal, let form):
                try hold(!isRefused, "a second refusal")
                try hold(form.persistence == .close, "a refusal that keeps the connection")
                notes.append(.refusal(status: UInt16(refusal.status.code)))
            case .finish:
                // Closed at once or after lingering: for an observer it is the same.
                _ = machine.ended(queue, at: Self.now)
                isOver = true
                return
            case .close:
                isOver = true
                return
            }
        }
    }

    private var isRefused: Bool { if case .refusal? = notes.last { true } else { false } }
}

extension Exchange.Request {
    init(_ view: RequestView) {
        var fields: [[[UInt8]]] = []
        view.forEachField { name, value in
            // The framing is rewritten below, and means the same.
            let isFraming = ["content-length", "transfer-encoding"].contains { text(name).lowercased() == $0 }
            if !isFraming { fields.append([Array(name), Array(value)]) }
        }
        self.init(
            method: Array(view.method), path: Array(view.path), query: view.query.map { Array($0) },
            minorVersion: view.head.minorVersion, fields: fields, body: Array(view.body))
    }

    /// In the plainest form.
    var rewritten: [UInt8] {
        var bytes = method + [0x20] + path + (query.map { [0x3f] + $0 } ?? [])
        bytes += Array(" HTTP/1.\(minorVersion)\r\n".utf8)
        for field in fields { bytes += field[0] + Array(": ".utf8) + field[1] + Array("\r\n".utf8) }
        // A request without a body may have as many fields as there may be.
        if !body.isEmpty { bytes += Array("Content-Length: \(body.count)\r\n".utf8) }
        return bytes + Array("\r\n".utf8) + body
    }
}
