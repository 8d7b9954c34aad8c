internal import FoundationEssentials
internal import Records
internal import Tenancy

/// What is kept of calls that are too many for an entry each: reads, which are gathered for a moment, and what is refused
/// or fails again and again. Bounded, whoever calls how often.
struct AuditGathering {
    /// Calls of one caller that become one entry.
    struct Kind: Hashable {
        let organizationID: OrganizationID?
        /// Without the request, which is another one each time.
        let actor: AuditEntry.Actor
        let action: String
        /// What is the same in all of them, such as a route and a reason.
        let matter: String
    }

    /// What was gathered of a kind and is to be written.
    struct Gathered {
        let kind: Kind
        /// The first of them.
        let example: AuditEntry
        /// What was looked at, in order.
        var objects: [String] = []
        var times: Int = 0
    }

    /// The most kinds that are gathered at a time; of further ones only their number is kept, a line for each action.
    static let mostReadings = 5000
    /// The same for what is refused or fails, of one organisation and action.
    static let mostRepeatedOfAnAction = 200
    /// The most objects that one entry names.
    static let mostObjects = 500
    /// For so long what repeats itself is counted before it is written again, in seconds.
    static let window: TimeInterval = 60

    private struct Repetition {
        let since: Date
        var gathered: Gathered
    }

    /// Whose kinds are counted together.
    private struct Family: Hashable {
        let organizationID: OrganizationID?
        let action: String
    }

    private var readings: [Kind: Gathered] = [:]
    private var fullReadings: [Gathered] = []
    private var repetitions: [Kind: Repetition] = [:]
    private var sizes: [Family: Int] = [:]

    /// Nothing yet.
    init() {}

    /// Notes that something was looked at.
    mutating func read(_ object: String?, _ kind: Kind, like example: @autoclosure () -> AuditEntry) {
        var kind = kind
        if readings[kind] == nil, readings.count >= Self.mostReadings { kind = kind.ofMany }
        var gathered = readings[kind] ?? Gathered(kind: kind, example: example())
        gathered.times += 1
        if let object, !gathered.objects.contains(object) { gathered.objects.append(object) }
        if gathered.objects.count >= Self.mostObjects {
            fullReadings.append(gathered)
            readings[kind] = nil
        } else {
            readings[kind] = gathered
        }
    }

    /// Notes that something was refused or failed; whether it is to be written now, because it is the first for a while.
    mutating func isFirst(_ kind: Kind, like example: AuditEntry, at moment: Date) -> Bool {
        if repetitions[kind] != nil {
            repetitions[kind]?.gathered.times += 1
            return false
        }
        let family = Family(organizationID: kind.organizationID, action: kind.action)
        let size = sizes[family, default: 0]
        guard size < Self.mostRepeatedOfAnAction else {
            let many = kind.ofMany
            var repetition =
                repetitions[many] ?? Repetition(since: moment, gathered: Gathered(kind: many, example: example))
            repetition.gathered.times += 1
            repetitions[many] = repetition
            return false
        }
        sizes[family] = size + 1
        repetitions[kind] = Repetition(since: moment, gathered: Gathered(kind: kind, example: example))
        return true
    }

    /// What is to be written now: everything that was read, and what was repeated until its window is over, or all of it.
    mutating func take(at moment: Date, everything: Bool = false) -> (read: [Gathered], repeated: [Gathered]) {
        let read = fullReadings + readings.values
        fullReadings = []
        readings = [:]
        var repeated: [Gathered] = []
        for (kind, repetition) in repetitions
        where everything || moment.timeIntervalSince(repetition.since) >= Self.window {
            repetitions[kind] = nil
            if !kind.isOfMany {
                sizes[Family(organizationID: kind.organizationID, action: kind.action), default: 1] -= 1
            }
            if repetition.gathered.times > 0 { repeated.append(repetition.gathered) }
        }
        sizes = sizes.filter { $0.value > 0 }
        return (read, repeated)
    }
}

extension AuditGathering.Kind {
    private static let many = "several callers"

    /// The same of whoever else did it.
    fileprivate var ofMany: Self {
        Self(
            organizationID: organizationID,
            actor: AuditEntry.Actor(kind: .unknown, id: nil, name: Self.many, role: nil, address: nil, requestID: nil),
            action: action, matter: "")
    }

    fileprivate var isOfMany: Bool { actor.kind == .unknown && actor.name == Self.many }
}
