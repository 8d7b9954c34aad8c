internal import EventLoop

/// Where a transfer stands, and when its patience ends. A plain value: it is told the time.
struct TransferProgress {
    private enum Stage {
        case connecting
        case sending
        case awaitingHead
        case awaitingBody
        case receiving
    }

    // In nanoseconds; without limit is as long as time can be.
    private let connectPatience: Int64
    private let firstBytePatience: Int64
    private let firstPiecePatience: Int64
    private let idlePatience: Int64
    private var end: Moment
    private let started: Moment
    private var stage = Stage.connecting
    /// When this stage began, or a byte last moved in it.
    private var since: Moment
    /// When the last byte of the request was handed over.
    private var asked: Moment
    private var connected: Moment?
    private var firstByte: Moment?
    private var ended: Moment?
    /// Our own side is the one that keeps the other waiting.
    private var isHeld = false

    init(_ deadlines: TransferDeadlines, at now: Moment) {
        connectPatience = deadlines.connect.nanoseconds
        firstBytePatience = deadlines.firstByte?.nanoseconds ?? .max
        firstPiecePatience = deadlines.firstPiece?.nanoseconds ?? 0
        idlePatience = deadlines.idle?.nanoseconds ?? .max
        end = now.advanced(by: deadlines.total?.nanoseconds ?? .max)
        started = now
        since = now
        asked = now
    }

    /// A connection can carry the request. Happens again when the request is repeated.
    mutating func connectionReady(isStreamingBody: Bool, at now: Moment) {
        connected = now
        since = now
        stage = isStreamingBody ? .sending : .awaitingHead
    }

    /// The last byte of the request has been handed over.
    mutating func requestSent(at now: Moment) {
        guard stage == .sending else { return }
        stage = .awaitingHead
        since = now
        asked = now
    }

    /// For how long no byte has moved.
    func silence(at now: Moment) -> Duration { since.duration(to: now) }

    /// Whether no line of a response has arrived yet.
    var isSilent: Bool { firstByte == nil }

    /// The first line of the response head has arrived.
    mutating func answered(at now: Moment) {
        firstByte = now
    }

    /// The response head is complete. Behind that of a refusal nothing is thought about.
    mutating func headComplete(at now: Moment, isRefusal: Bool = false) {
        stage = isRefusal ? .receiving : .awaitingBody
        release(at: now)
    }

    /// Bytes of a body have moved, in either direction.
    mutating func moved(at now: Moment) {
        if stage == .awaitingBody { stage = .receiving }
        since = now
        isHeld = false
    }

    /// We do not read, or have nothing to send: no patience of the other side is asked for.
    mutating func hold() {
        isHeld = true
    }

    /// We read or send again.
    mutating func release(at now: Moment) {
        isHeld = false
        since = now
    }

    /// It may take so long from now on at the most.
    mutating func shorten(to patience: Duration, at now: Moment) { end = min(end, now + patience) }

    /// The transfer is over.
    mutating func conclude(at now: Moment) {
        ended = now
    }

    /// When the transfer is to be given up unless something happens, and what is then to be said. The end of time when
    /// nothing limits it.
    var expiry: (moment: Moment, phase: TransferPhase) {
        let (patience, phase): (Int64, TransferPhase) =
            switch stage {
            case .connecting: (connectPatience, .connect)
            case .awaitingHead: (firstBytePatience, .firstByte)
            case .sending, .awaitingBody, .receiving: (isHeld ? .max : idlePatience, .idle)
            }
        var stageEnd = since.advanced(by: patience)
        var reached = phase
        if stage == .awaitingBody, case let thought = asked.advanced(by: firstPiecePatience), thought > stageEnd {
            (stageEnd, reached) = (thought, .firstByte)
        }
        return stageEnd < end ? (stageEnd, reached) : (end, .total)
    }

    /// The durations so far; those that are not known yet are those until `now`.
    func timing(at now: Moment) -> TransferTiming {
        let end = ended ?? now
        return TransferTiming(
            connect: started.duration(to: connected ?? end), firstByte: started.duration(to: firstByte ?? end),
            total: started.duration(to: end))
    }
}
