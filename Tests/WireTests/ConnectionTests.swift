import Domain
import HTTPCases
import Testing
import Wire

/// A machine and a clock moved by hand.
private final class Bench {
    let queue = ByteQueue()
    var now = MonotonicTime(nanoseconds: 1_000_000_000)
    var machine: Connection

    init(times: ConnectionTimes = ConnectionTimes()) { machine = Connection(times: times, at: now) }

    func receive(_ text: String) -> Connection.Step {
        latin1(text).withUnsafeBytes { queue.append($0) }
        return next()
    }

    func next() -> Connection.Step { machine.next(in: queue, at: now) }

    /// Seconds from now until something is due.
    var dueIn: Double? { machine.deadline.map { ($0 - now).inSeconds } }

    func wait(seconds: Double) -> Bool {
        now = now + TimeSpan(microseconds: Int64(seconds * 1e6))
        return machine.timePassed(at: now)
    }

    func admit(_ text: String) -> Connection.Step {
        #expect(receive(text) == .admission)
        machine.admit(bodyLimit: 1024, at: now)
        return next()
    }

    var awaitsAnswer: Bool { machine.awaitsAnswer }
    var isIdle: Bool { machine.isIdle }
    var path: String { Conversation.text(machine.view(of: queue).path) }

    func answer() -> AnswerForm { machine.answer(queue, at: now) }
    func answerEarly() -> AnswerForm { machine.answerEarly(queue, at: now) }
    func ended() -> Bool { machine.ended(queue, at: now) }

    func serve(_ text: String) -> AnswerForm {
        #expect(admit(text) == .request)
        machine.handedOver(queue)
        return answer()
    }
}

private let get = request("GET / HTTP/1.1")
private let last = AnswerForm(persistence: .close)

@Suite("A connection", .timeLimit(.minutes(1))) struct ConnectionTests {
    @Test("parses the next request only after the answer to this one") func order() {
        let bench = Bench()
        #expect(bench.admit(get + next) == .request)
        bench.machine.handedOver(bench.queue)
        #expect(bench.next() == .waitForAnswer)
        #expect(bench.awaitsAnswer)
        #expect(bench.answer().persistence == .persist)
        #expect(bench.next() == .admission)
        #expect(bench.path == "/next")
    }

    @Test("leaves the body out of an answer to HEAD, and only there") func head() {
        let bench = Bench()
        #expect(bench.serve(request("HEAD / HTTP/1.1")) == AnswerForm(persistence: .persist, omitsBody: true))
        #expect(bench.serve(get) == AnswerForm(persistence: .persist, omitsBody: false))
    }

    @Test("leaves the body out of a refusal of HEAD") func refusedHead() {
        let bench = Bench()
        let step = bench.admit(request("HEAD / HTTP/1.1", "Content-Length: 2000\r\n"))
        #expect(step == .refuse(.bodyTooLarge, AnswerForm(persistence: .close, omitsBody: true)))
    }

    @Test("says keep-alive to HTTP/1.0") func keepAlive() {
        let bench = Bench()
        #expect(bench.serve(request("GET / HTTP/1.0", "Connection: keep-alive\r\n")).persistence == .persistHTTP10)
    }

    @Test("persists after an early answer when the body is already here") func earlyWithBody() {
        let bench = Bench()
        #expect(bench.receive(request("POST / HTTP/1.1", "Content-Length: 2\r\n", then: "ab" + next)) == .admission)
        #expect(bench.answerEarly().persistence == .persist)
        #expect(bench.next() == .admission)
        #expect(bench.path == "/next")
    }

    @Test(
        "ends after an early answer when the body is not here yet",
        arguments: ["Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n"])
    func earlyWithoutBody(_ field: String) {
        let bench = Bench()
        #expect(bench.receive(request("POST / HTTP/1.1", field, then: "0\r")) == .admission)
        #expect(bench.answerEarly().persistence == .close)
        #expect(bench.next() == .finish)
        #expect(!bench.ended())
        #expect(bench.receive("\n\r\n" + next) == .read(room: ByteQueue.standardCapacity))
        #expect(bench.queue.isEmpty)
    }

    @Test("lingers after a refusal until the peer closes") func lingerUntilClose() {
        let bench = Bench()
        #expect(bench.receive("GET\r\n") == .refuse(.badRequestLine, last))
        #expect(bench.next() == .finish)
        #expect(!bench.ended())
        #expect(bench.receive(next) == .read(room: ByteQueue.standardCapacity))
        bench.machine.peerClosed()
        #expect(bench.next() == .close)
    }

    @Test("lingers no longer than its time and its bytes") func lingerBounds() {
        let slow = Bench()
        _ = slow.receive("GET\r\n")
        _ = slow.ended()
        #expect(slow.dueIn == 2)
        #expect(slow.wait(seconds: 2))
        #expect(slow.next() == .close)

        let loud = Bench()
        _ = loud.receive("GET\r\n")
        _ = loud.machine.ended(loud.queue, at: loud.now)
        let block = String(repeating: "x", count: 1 << 20)
        for _ in 0..<Limits.lingerBytes >> 20 {
            #expect(loud.receive(block) == .read(room: ByteQueue.standardCapacity))
        }
        #expect(loud.receive(block) == .close)
    }

    @Test("closes at once when the client asked for it and said no more") func cleanEnd() {
        let bench = Bench()
        #expect(bench.serve(request("GET / HTTP/1.1", "Connection: close\r\n")).persistence == .close)
        #expect(bench.next() == .finish)
        #expect(bench.ended())
        #expect(bench.next() == .close)
    }

    @Test("answers a whole request after the peer closed its side") func halfClose() {
        let bench = Bench()
        #expect(bench.admit(get) == .request)
        bench.machine.handedOver(bench.queue)
        bench.machine.peerClosed()
        #expect(bench.next() == .waitForAnswer)
        _ = bench.answer()
        #expect(bench.next() == .close)
    }

    @Test("makes every answer the last one while draining") func draining() {
        let bench = Bench()
        #expect(bench.isIdle)
        #expect(bench.admit(get) == .request)
        #expect(!bench.isIdle)
        bench.machine.handedOver(bench.queue)
        bench.machine.isDraining = true
        #expect(bench.answer().persistence == .close)
        #expect(bench.next() == .finish)
        #expect(!bench.ended())
    }

    @Test("is refused when the shell has no memory for it") func noMemory() {
        let bench = Bench()
        _ = bench.admit(request("POST / HTTP/1.1", "Content-Length: 500\r\n"))
        bench.machine.refuse(.outOfMemory, at: bench.now)
        #expect(bench.next() == .refuse(.outOfMemory, last))
    }
}

@Suite("The deadline of a connection", .timeLimit(.minutes(1))) struct DeadlineTests {
    @Test("closes one on which nothing ever came") func silence() {
        let bench = Bench()
        #expect(bench.dueIn == 10)
        #expect(!bench.wait(seconds: 9))
        #expect(bench.wait(seconds: 1))
        #expect(bench.next() == .close)
    }

    @Test("refuses a head that drips, counted from its start") func slowHead() {
        let bench = Bench()
        _ = bench.wait(seconds: 4)
        _ = bench.receive("GET")
        _ = bench.wait(seconds: 4)
        _ = bench.receive(" / HTTP/1.1\r\n")
        #expect(bench.dueIn == 2)
        #expect(bench.wait(seconds: 2))
        #expect(bench.next() == .refuse(.headTooSlow, last))
    }

    @Test("lets a connection idle between requests, and closes it silently") func idle() {
        let bench = Bench()
        _ = bench.serve(get)
        #expect(bench.next() == .read(room: Limits.headBytes + 1))
        #expect(bench.dueIn == 60)
        #expect(bench.wait(seconds: 60))
        #expect(bench.next() == .close)
    }

    @Test("counts a later head from its first byte") func laterHead() {
        let bench = Bench()
        _ = bench.serve(get)
        _ = bench.next()
        #expect(!bench.wait(seconds: 30))
        _ = bench.receive("\r\n")
        #expect(bench.dueIn == 10)
        #expect(bench.wait(seconds: 10))
        #expect(bench.next() == .refuse(.headTooSlow, last))
    }

    @Test("gives a body its time and more by what has come") func slowBody() {
        var times = ConnectionTimes()
        times.rate = 100
        let bench = Bench(times: times)
        _ = bench.admit(request("POST / HTTP/1.1", "Content-Length: 1000\r\n"))
        #expect(bench.dueIn == 30)
        _ = bench.receive(String(repeating: "x", count: 500))
        #expect(bench.dueIn == 35)
        #expect(bench.wait(seconds: 35))
        #expect(bench.next() == .refuse(.bodyTooSlow, last))
    }

    @Test("does not disturb a handler") func handler() {
        let bench = Bench()
        _ = bench.admit(get)
        bench.machine.handedOver(bench.queue)
        #expect(bench.dueIn == nil)
        #expect(!bench.wait(seconds: 3600))
    }

    @Test("cuts a client that does not read its answer") func stuck() {
        let bench = Bench()
        _ = bench.serve(get)
        bench.machine.sending(stuck: 10, at: bench.now)
        _ = bench.wait(seconds: 20)
        bench.machine.sending(stuck: 5, at: bench.now)
        #expect(bench.dueIn.map { $0 < 10.001 } == true)
        #expect(bench.wait(seconds: 11))
        #expect(bench.next() == .close)
    }

    @Test("forgets what was stuck once it flows") func unstuck() {
        let bench = Bench()
        _ = bench.serve(get)
        bench.machine.sending(stuck: 10, at: bench.now)
        bench.machine.sending(stuck: 0, at: bench.now)
        #expect(bench.dueIn == 60)
    }
}
