import CNcurses

/// Counts what is sent to the terminal, and reads what the process costs.
struct Meter {
    private(set) var total = TerminalReport.Traffic()
    private var recent: [(at: Duration, bytes: Int)] = []
    private var processor = Duration.zero
    private var readAt = Duration.zero

    /// A picture was sent.
    mutating func drew(bytes: Int, at now: Duration) {
        total.frames += 1
        recent.append((now, bytes))
        forget(before: now)
    }

    /// Bytes were sent, for a picture or anything else.
    mutating func sent(bytes: Int) { total.bytes += bytes }

    /// The pictures of the last second.
    mutating func lastSecond(at now: Duration) -> TerminalReport.Traffic {
        forget(before: now)
        return TerminalReport.Traffic(frames: recent.count, bytes: recent.reduce(0) { $0 + $1.bytes })
    }

    private mutating func forget(before now: Duration) {
        recent.removeAll { $0.at <= now - .seconds(1) }
    }

    /// The processor time of the process, and its share since this was asked last.
    mutating func processor(at now: Duration) -> (time: Duration, share: Double) {
        let time = Duration.microseconds(cn_process_microseconds())
        defer { (processor, readAt) = (time, now) }
        let passed = now - readAt
        return (time, passed > .zero ? (time - processor) / passed : 0)
    }

    /// The memory that the process has in use, 0 where the system does not tell.
    static var residentBytes: Int { Int(cn_process_resident_bytes()) }
}
