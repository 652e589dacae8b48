/// Every bound of the product, each with its reason. What an operator may change names the setting.
package enum Limits {
    // Intake: RFC 9112 section 3 asks for request lines of at least 8000 octets.
    package static let requestLine = 16 << 10
    package static let headBytes = 64 << 10
    package static let fieldCount = 128
    /// Of all Connection fields of a head together: each is looked for among the fields. Honest senders name two or three.
    package static let connectionOptions = 32
    /// Chunk extensions and trailers are read and dropped; nobody needs more of them than this, in total.
    package static let chunkExtensionBytes = 16 << 10
    package static let trailerBytes = 16 << 10
    /// `maxBody` of a route when it names none.
    package static let bodyBytes = 1 << 20
    /// The most that `maxBody` may name (GitHub sends up to 25 MB).
    package static let bodyBytesMost = 32 << 20
    package static let headTime = TimeSpan.seconds(10)
    /// For the whole body, plus one second for each `bodyRate` bytes of it.
    package static let bodyTime = TimeSpan.seconds(30)
    package static let bodyRate = 64 << 10
    package static let idleTime = TimeSpan.seconds(60)
    package static let writeTime = TimeSpan.seconds(30)
    package static let handshakeTime = TimeSpan.seconds(10)
    /// After an early error answer: how long and how much is still read, so that the answer is not lost to a reset. Many
    /// clients read nothing before all of their body went out, so any body that some route may take must fit.
    package static let lingerTime = TimeSpan.seconds(2)
    package static let lingerBytes = bodyBytesMost + headBytes
    /// Connections of one intake loop; beyond it the oldest idle one makes room, or the new one is closed.
    package static let connections = 10_000
    /// Of the file descriptors that the process may have, those that are neither for connections from outside nor to
    /// subscribers: listeners, loops, the ledger's files, what an operator asks for.
    package static let ownDescriptors = 48
    /// Memory of all intake loops for requests that outgrow a connection's first buffer; beyond it they get 503. The largest
    /// body fits once.
    package static let receiveBytes = 40 << 20
    /// A request that grew by less than so many bytes in so long makes room for others when that memory is used up.
    package static let stalledRequestBytes = 16 << 10
    package static let stalledRequestTime = TimeSpan.seconds(1)
    /// Between two log lines of one reason about what came to nothing before a route could judge it.
    package static let turnedAwayInterval = TimeSpan.seconds(60)
    package static let drainTime = TimeSpan.seconds(30)
    /// For the last lines of the log, when nobody reads them.
    package static let lastLinesTime = TimeSpan.seconds(2)

    // Verification.
    package static let signatureFieldBytes = 8 << 10
    package static let signatureCandidates = 16
    package static let jsonDepth = 128
    /// Values that are looked at in a body with many events, of all kinds together.
    package static let batchItems = 16 << 10
    /// Events of one body that are signed one by one: each costs a signature to check.
    package static let signedItems = 256
    /// `grant_type=client_credentials`, perhaps a scope.
    package static let tokenRequestBytes = 4 << 10
    package static let jwtBytes = 16 << 10
    /// A provider's event id or type that is longer is no name: it counts as absent.
    package static let eventNameBytes = 255
    /// Of one part of a request that the answer to a handshake repeats.
    package static let handshakeValueBytes = 1 << 10
    /// Of a request that brings a route its secret, before anything can be verified.
    package static let handshakeBytes = 4 << 10

    // Keys that are fetched from providers.
    /// How long a request waits for its key: shorter than any provider waits for its answer.
    package static let keyWait = TimeSpan.seconds(5)
    /// Of a fetch: what takes longer than a request waits still serves the next one.
    package static let keyFetchTime = TimeSpan.seconds(10)
    package static let keyConnectTime = TimeSpan.seconds(5)
    /// Of an answer; sets of keys have some KiB.
    package static let keyAnswerBytes = 256 << 10
    /// Requests that wait for keys, of one intake loop; beyond it they get 503.
    package static let keyWaiters = 256
    package static let keyWaiterBytes = 8 << 20
    /// Strangers choose the names of keys: of one source no more are fetched in a minute, and no more are remembered.
    package static let keyFetchesPerMinute = 20
    package static let keysRemembered = 64
    /// Under way at once, of all sources.
    package static let keyFetches = 32
    package static let keyNameBytes = 512
    /// Before a document is fetched anew for a key that it lacks.
    package static let keyRefetch = TimeSpan.seconds(10)
    /// Before an attempt that failed is repeated.
    package static let keyRetry = TimeSpan.seconds(5)
    /// How long a name that the provider does not know, or a certificate that proves nothing, is remembered.
    package static let keyAbsence = TimeSpan.seconds(60)
    package static let keyLifeLeast = TimeSpan.seconds(300)
    package static let keyLifeMost = TimeSpan.seconds(24 * 3600)

    // Ledger.
    /// Events that wait for the next commit, of all loops; beyond it intake answers 503.
    package static let appendsWaiting = 4096
    package static let appendBytesWaiting = 24 << 20
    /// Of each of an event's deliveries meanwhile, the poster's own notes with it.
    package static let waitingDeliveryBytes = 80
    /// Entries of one transaction: keeps a commit, and so an acknowledgement, short.
    package static let batchEntries = 512
    /// Claims of one transaction: each may read a whole look-ahead.
    package static let batchClaims = 2
    package static let dedupWindow = TimeSpan.seconds(24 * 3600)
    /// The index of remembered ids grows with it.
    package static let dedupWindowMost = TimeSpan.seconds(30 * 24 * 3600)
    /// Of events that lanes will ask for soon; beyond it they are read from disk.
    package static let recentEventBytes = 4 << 20
    package static let walBytesAlarm = 64 << 20

    // Quarantine: requests that were refused. A forger decides how many there are, so each of these has a bound.
    /// `--quarantine-requests` and `--quarantine-size` when they are not set, and at most.
    package static let quarantineRequests = 10_000
    package static let quarantineRequestsMost = 1_000_000
    package static let quarantineBytes = 64 << 20
    package static let quarantineBytesMost = 16 << 30
    /// `--quarantine-age`: providers give up within days, operators come back on Monday.
    package static let quarantineAge = TimeSpan.seconds(7 * 24 * 3600)
    package static let quarantineAgeMost = TimeSpan.seconds(365 * 24 * 3600)
    /// One route may fill so much of the whole: one part in this many.
    package static let quarantineRouteShare = 2
    /// A larger body is not kept, and its request cannot be released.
    package static let quarantineBodyBytes = 256 << 10
    /// Requests that wait in memory to be written; what one route, and one source of it, may have of them. Beyond it they
    /// are not kept.
    package static let quarantineWaiting = 256
    package static let quarantineWaitingOfRoute = 128
    package static let quarantineWaitingOfSource = 64
    package static let quarantineWaitingBytes = 2 << 20
    /// From one write to the next: a flood costs the ledger's thread four small transactions a second, none of them synced.
    package static let quarantinePause = TimeSpan.milliseconds(250)
    /// How often old ones are looked for.
    package static let quarantineSweep = TimeSpan.seconds(60)
    /// Requests that one write takes away for their age.
    package static let quarantineExpired = 500
    /// Sealed with another key in one transaction.
    package static let quarantineResealed = 500
    /// Requests that are verified again for one question, and bytes of their bodies, about.
    package static let quarantineJudged = 200
    package static let quarantineJudgedBytes = 4 << 20
    /// Requests that one order releases or discards.
    package static let quarantineOrdered = 200

    // Dispatch.
    package static let concurrency = 32
    package static let concurrencyMost = 1024
    /// Connections that one dispatch loop keeps open, idle ones included: libcurl's own bound is four for each transfer
    /// under way, and closes the connections of a lane that is empty for a moment.
    package static let keptConnections = 4096
    /// Claimed deliveries of one subscriber in memory, in flight or next, when it is fast; the rest stays on disk.
    package static let laneLookAhead = 512
    /// Events held in memory for all lanes together, each counted once, and `deliveryBytes` for each delivery. One event that
    /// is larger than all of it is held alone.
    package static let dispatchBytes = 16 << 20
    /// Of `dispatchBytes` for one lane: beyond it nothing is handed over to it in memory, and it fetches no more at once.
    package static let laneBytes = 4 << 20
    /// What a delivery in memory needs beside its event.
    package static let deliveryBytes = 512
    /// Sends of one dispatch loop at one time: each has a handle of libcurl's with its buffers, 26 KiB without TLS. A lane
    /// may always have one on its way.
    package static let transfers = 1024
    /// Handles that one dispatch loop keeps for the next sends.
    package static let idleTransfers = 512
    /// `timeout` and `connectTimeout` of `retry`: an attempt holds a connection and a slot for as long.
    package static let attemptTimeLeast = TimeSpan.milliseconds(100)
    package static let attemptTimeMost = TimeSpan.seconds(300)
    package static let responseBytes = 64 << 10
    package static let responseHeaderBytes = 64 << 10
    /// How often one answer may wake its loop: what libcurl drops (extensions of chunks) is in no count of bytes. A
    /// byte every 30 ms comes to as many until the default timeout. Of HTTP/1 alone: streams of one connection are woken by
    /// each other's answers.
    package static let responseTurns = 512
    package static let keptResponseBytes = 4 << 10
    package static let retryAfterMost = TimeSpan.seconds(24 * 3600)
    package static let scheduleSteps = 64
    package static let retryStepMost = TimeSpan.seconds(7 * 24 * 3600)

    // Routes.
    package static let routes = 10_000
    package static let subscribersPerRoute = 1000
    package static let routeFileBytes = 4 << 20
    package static let pathBytes = 512
    /// Of a route, a subscriber, a group of types: names stand in metrics' labels, header fields and tables.
    package static let nameBytes = 64
    /// A PEM chain is the largest of them.
    package static let secretBytes = 64 << 10
    package static let liveSecrets = 16
    package static let subscriberURLBytes = 2048
    package static let addressRanges = 1024
    package static let globs = 256
    package static let customHeaders = 64
    package static let customHeaderBytes = 8 << 10
    /// Bundles of authorities are a few hundred KiB.
    package static let tlsFileBytes = 4 << 20
    package static let tokenLifetime = TimeSpan.seconds(3600)
    package static let tokenLifetimeMost = TimeSpan.seconds(24 * 3600)
    package static let ackBytes = 64 << 10

    // Alarms.
    /// Between two of the same kind and subject.
    package static let alarmInterval = TimeSpan.seconds(600)
    /// Kinds and subjects that are told apart.
    package static let alarmSubjects = 1024
    /// That wait to be sent; beyond it the oldest is dropped.
    package static let alarmsWaiting = 256
    /// An alarm that could not be sent for so long is dropped: whoever reads it then reads of the past.
    package static let alarmAge = TimeSpan.seconds(3600)
    /// Free beside the ledger.
    package static let alarmDiskBytes = 1 << 30
    package static let alarmFailing = TimeSpan.seconds(3600)
    /// Before the end of a subscriber's certificate: time enough to renew it by hand.
    package static let certificateNotice = TimeSpan.seconds(14 * 24 * 3600)
    package static let certificateEvery = TimeSpan.seconds(24 * 3600)
    /// Requests in a row that come late: fewer may be a provider's repeats.
    package static let lateRequests = 10
    /// Of the time in which a signature counts: later than this is late.
    package static let lateShare = 0.8

    // Admin.
    /// The largest request of the API is a subscriber's registration.
    package static let adminBodyBytes = 64 << 10
    /// Of what connections from outside may take, a quarter at most: an operator and a monitor need few.
    package static let adminConnections = 256
    /// As `receiveBytes`, and apart from it.
    package static let adminReceiveBytes = 4 << 20
    /// Subscribers that one token may register.
    package static let registrationsPerPartner = 500
    /// Of one route, beside what its file names: every one of them is tried for each request.
    package static let credentialsPerRoute = 5
    /// How often the use of secrets is told to the ledger: so much of it a crash may lose.
    package static let secretUsesEvery = TimeSpan.seconds(2)
    /// Without use for so long a secret rests: providers give up what they send again within three days, nearly all.
    package static let secretRest = TimeSpan.seconds(3 * 24 * 3600)
    /// How long a credential's old secrets go on to count when it is made anew, and at most.
    package static let credentialOverlap = TimeSpan.seconds(24 * 3600)
    package static let credentialOverlapMost = TimeSpan.seconds(90 * 24 * 3600)
    /// Of `Idempotency-Key`.
    package static let idempotencyKeyBytes = 255
    /// Responses of an event's attempts in its answer; JSON makes up to eight times as much of them.
    package static let shownResponsesBytes = 1 << 20
    /// The same of its evidence, with `attemptBytes` for each attempt besides.
    package static let evidenceBytes = 4 << 20
    package static let attemptBytes = 512
    /// Rows of one page of a list, when the request names none, and at most.
    package static let pageRows = 50
    package static let pageRowsMost = 1000
    /// Of a text that is looked for in headers and bodies.
    package static let searchTextBytes = 256
    /// Of a body, and of header fields, that is searched for a text.
    package static let searchedBytes = 64 << 10
    /// `--search-size` when it is not set: some ten million events of 1 KiB.
    package static let searchBytes = 4 << 30
    /// With less space free beside the ledger the index does not grow: events need it more.
    package static let searchFreeBytes = 512 << 20
    /// Some blocks must fit.
    package static let searchBytesLeast = 16 << 20
    /// Of an operator's reason for an action, which is kept for ever.
    package static let reasonBytes = 1 << 10
    /// Of a provider's export that is compared with what was received: some million ids.
    package static let exportBytes = 256 << 20
    /// Of one address's wrong tokens, before it is told to wait until the minute is over. 256 random bits need no more.
    package static let refusalsPerMinute = 10
    /// Addresses whose refusals are counted apart.
    package static let refusedAddresses = 1024
    /// Refusals on record: 5 MB a day at most, however many there are.
    package static let refusalRecordsPerMinute = 20
    /// Of a token: a route for each takes 65 bytes.
    package static let tokenRoutes = 256
    /// Ever granted: their list is one answer.
    package static let tokens = 10_000
    /// Events that one replay may name: beyond it, a selection is meant.
    package static let namedEvents = 1000
    /// Deliveries of one step of a job: one commit, which intake waits for.
    package static let jobBatch = 256
    /// Of a job that names none: a mistake is noticed while it is small.
    package static let jobRate = Rate(count: 100, per: .seconds(1))
}
