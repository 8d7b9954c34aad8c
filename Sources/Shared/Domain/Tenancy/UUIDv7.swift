package import FoundationEssentials
import Synchronization

/// Makes version 7 identifiers (RFC 9562, method 3): 48 bits of Unix milliseconds, 12 bits of the millisecond's
/// fraction, 62 random bits. Each identifier is greater than the one before, also when the clock stands still or goes
/// back: the 60 time bits then count on by one.
package struct UUIDv7Generator: Sendable {
    /// The 60 time bits that were used last, in units of 1/4096 ms.
    private var lastTicks: UInt64 = 0

    package init() {}

    /// The next identifier for the given moment.
    package mutating func next(at now: Date, using random: inout some RandomNumberGenerator) -> UUID {
        tick(at: now, using: &random).id
    }

    /// The next identifier, and the moment inside it.
    mutating func tick(at now: Date, using random: inout some RandomNumberGenerator) -> (id: UUID, date: Date) {
        let milliseconds = max(0, now.timeIntervalSince1970) * 1000
        let wanted = UInt64(min(milliseconds * 4096, Double(UInt64(1) << 60 - 1)))
        lastTicks = max(wanted, lastTicks + 1)
        let high = (lastTicks >> 12) << 16 | 0x7000 | lastTicks & 0xFFF
        let low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return (UUID(high: high, low: low), Self.date(ofTicks: lastTicks))
    }

    /// Cut to whole microseconds, as PostgreSQL stores times.
    fileprivate static func date(ofTicks ticks: UInt64) -> Date {
        let microseconds = (ticks >> 12) * 1000 + (ticks & 0xFFF) * 1000 / 4096
        return Date(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}

/// Random words out of bytes that are made many at a time: to ask the system for those of one identifier costs more
/// than all else that is done for it. A process that forks and goes on in both halves must not have one.
private struct RandomStock: RandomNumberGenerator, Sendable {
    /// Of how many bytes a new stock is.
    private static let size = 2048

    private let make: @Sendable (Int) -> [UInt8]
    private var bytes: [UInt8] = []
    private var used = 0

    init(_ make: @escaping @Sendable (Int) -> [UInt8]) { self.make = make }

    mutating func next() -> UInt64 {
        if used == bytes.count {
            bytes = make(Self.size)
            used = 0
        }
        var word: UInt64 = 0
        for index in used..<used + 8 {
            word = word << 8 | UInt64(bytes[index])
            // What was handed out is not kept.
            bytes[index] = 0
        }
        used += 8
        return word
    }
}

/// Hands out version 7 identifiers to any thread. One per process, made where the process is composed.
package final class IdentifierSource: Sendable {
    private struct State: Sendable {
        var generator = UUIDv7Generator()
        var random: RandomStock
    }

    private let now: @Sendable () -> Date
    private let state: Mutex<State>

    /// Reads the wall clock by `now`. `randomBytes` makes as many bytes as it is asked for, a multiple of eight; without
    /// it the system is asked for those of each identifier, which is as good where few are made.
    package init(
        now: @escaping @Sendable () -> Date,
        randomBytes: @escaping @Sendable (_ count: Int) -> [UInt8] = { _ in systemBytes() }
    ) {
        self.now = now
        state = Mutex(State(random: RandomStock(randomBytes)))
    }

    /// The eight bytes of one identifier.
    private static func systemBytes() -> [UInt8] {
        var system = SystemRandomNumberGenerator()
        let word = system.next()
        return (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
    }

    /// A fresh identifier, greater than every earlier one of this source.
    package func uuid() -> UUID { tick().id }

    /// A fresh identifier of the wanted kind.
    package func next<Entity>(_: Entity.Type = Entity.self) -> EntityID<Entity> { EntityID(uuid: uuid()) }

    /// A fresh identifier and the moment inside it, which is the time of creation of what gets the identifier.
    package func nextDated<Entity>(_: Entity.Type = Entity.self) -> (id: EntityID<Entity>, date: Date) {
        let (id, date) = tick()
        return (EntityID(uuid: id), date)
    }

    private func tick() -> (id: UUID, date: Date) {
        let moment = now()
        return state.withLock { $0.generator.tick(at: moment, using: &$0.random) }
    }
}

extension UUID {
    /// The identifier whose big-endian halves are given.
    package init(high: UInt64, low: UInt64) {
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * index)) }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3),
                byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }

    /// An identifier that is made of this one, another for each number, in the order of the numbers and behind this one: for
    /// what has to be called the same however often it is made.
    package func numbered(_ number: Int) -> UUID {
        let bytes = uuid
        let high = [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5, bytes.6, bytes.7]
        let low = [bytes.8, bytes.9, bytes.10, bytes.11, bytes.12, bytes.13, bytes.14, bytes.15]
        func word(_ bytes: [UInt8]) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        let variant = word(low) & 0xC000_0000_0000_0000
        let counted = (word(low) &+ UInt64(number)) & 0x3FFF_FFFF_FFFF_FFFF
        return UUID(high: word(high), low: variant | counted)
    }

    /// The moment a version 7 identifier of ours was made, cut to whole microseconds as PostgreSQL stores them;
    /// `nil` for another version.
    package var versionSevenDate: Date? {
        let bytes = uuid
        guard bytes.6 >> 4 == 7 else { return nil }
        let head = [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5]
        let milliseconds = head.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return UUIDv7Generator.date(ofTicks: milliseconds << 12 | UInt64(bytes.6 & 0x0F) << 8 | UInt64(bytes.7))
    }
}
