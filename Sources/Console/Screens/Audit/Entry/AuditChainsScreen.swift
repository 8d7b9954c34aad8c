import FoundationEssentials
package import Terminal
import WireAPI

extension OperatorAuditChains {
    /// The first fault that is known, for the address line.
    var fault: Segment? {
        results.first { $0.fault != nil }?.fault.map { Segment("BROKEN at \(Formats.count(Int($0.position)))", .bad) }
    }

    /// How whole they are, in a sentence.
    func standing(_ scope: Scope) -> Segment? {
        if let chain = results.first(where: { $0.fault != nil }), let fault = chain.fault {
            return Segment(
                "Broken at \(Formats.count(Int(fault.position))), \(chain.name) chain: \(fault.reason)", .bad)
        }
        guard let chain = results.first(where: { !$0.isOfInstallation }) ?? results.first else { return nil }
        let checked = chain.checkedAt.map { "checked \(ItemFigures.age($0, scope)) ago" } ?? "not checked yet"
        return Segment(
            "\(Formats.count(Int(chain.length))) \(chain.length == 1 ? "entry" : "entries"), sealed through \(Formats.count(Int(chain.sealedThrough))), \(checked)",
            .good)
    }
}

extension OperatorAuditChains.Chain {
    var name: String { isOfInstallation ? "installation's" : "organisation's" }
}

/// How whole the chains of the audit are, and until where nothing can be changed unseen.
package struct AuditChainsScreen: Screen {
    /// It has no commands of its own.
    package enum Command: Sendable, Hashable {}

    package static var bindings: [Binding<Command>] { [] }

    private static let freshness = Duration.seconds(10)

    private var chains = Loadable<OperatorAuditChains>()
    private var session = SessionWatch()

    package init() {}

    package var title: String { "Chains" }
    package var isSettled: Bool { chains.isSettled }
    package var failure: ServerFailure? { chains.value == nil ? chains.failure : nil }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {}

    package mutating func appear(_ context: inout ScreenContext) {
        if session.hasChanged(context.scope) {
            refresh(&context)
        } else {
            chains.loadIfOlder(than: .seconds(1), .auditChains(), &context)
        }
    }
    package mutating func refresh(_ context: inout ScreenContext) { chains.load(.auditChains(), &context) }
    package mutating func receive(_ answer: ServerAnswer, _ context: inout ScreenContext) {
        chains.receive(answer, &context)
    }
    package mutating func tick(_ context: inout ScreenContext) {
        chains.renew(after: Self.freshness, .auditChains(), &context)
    }
    package func wake(after now: Duration) -> Duration? { chains.wake(renewingAfter: Self.freshness, now) }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        guard let chains = chains.value else {
            EmptyList(
                subject: "chains", isRead: false, failure: self.chains.failure, failingSince: self.chains.failingSince
            ).draw(into: &frame, area, scope)
            return
        }
        var document = Document(width: min(100, max(1, area.columns.count - 2)), charset: scope.charset)
        for chain in chains.results { add(chain, to: &document) }
        document.title("What it means")
        document.body(
            "Each entry holds a hash of itself and of the one before it. What is sealed cannot be changed or cut off unseen by whoever writes to the database: the seals are signed with a key that is not in it. scorable audit verify goes over the whole, and names the first entry that does not fit.",
            .quiet)
        var reader = Reader()
        reader.resize(rows: area.rows.count)
        reader.show(document)
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    private func add(_ chain: OperatorAuditChains.Chain, to document: inout Document) {
        document.title("The \(chain.name) chain")
        let state =
            chain.fault.map {
                NamedFact(
                    "state",
                    "BROKEN at \(Formats.count(Int($0.position))): \($0.reason), found \(Formats.full($0.foundAt))",
                    .bad)
            } ?? NamedFact("state", "nothing wrong is known", .good)
        FactList(facts: [
            state, NamedFact("entries", Formats.count(Int(chain.length))),
            NamedFact(
                "sealed",
                "through \(Formats.count(Int(chain.sealedThrough)))"
                    + (chain.sealedAt.map { ", \(Formats.full($0))" } ?? "")),
            NamedFact("checked", chain.checkedAt.map(Formats.full) ?? "not yet"),
            NamedFact("whole", chain.checkedWholeAt.map { "gone over \(Formats.full($0))" } ?? "not gone over yet"),
        ]).add(to: &document)
    }

    package func address(_ scope: Scope) -> [Segment] { (chains.value?.fault.map { [$0] } ?? []) + [chains.age(scope)] }
    package func status(_ scope: Scope) -> Segment? { chains.value?.standing(scope) }

    package func sheet(_ scope: Scope) -> Sheet? {
        guard let chains = chains.value else { return nil }
        return Sheet(
            titles: ["CHAIN", "ENTRIES", "SEALED", "CHECKED", "FAULT"],
            rows: chains.results.map { chain in
                [
                    chain.name, Formats.count(Int(chain.length)), Formats.count(Int(chain.sealedThrough)),
                    chain.checkedAt.map(Formats.full) ?? "", chain.fault?.reason ?? "",
                ]
            }, json: Sheet.json(chains))
    }
}
