import FoundationEssentials
import Tenancy
package import Terminal
package import WireAPI

/// One entry of the audit that is open: who did what from where, what it changed, and its place in its chain.
package struct AuditEntryScreen: Screen {
    /// What its keys and menus make it do.
    package enum Command: Sendable, Hashable {
        case actor, subject, request
    }

    package static let bindings: [Binding<Command>] = [
        Binding([.character("u")], .actor, hint: "same person", "Show what the same one did"),
        Binding([.character("i")], .subject, hint: "same thing", "Show what was done to the same thing"),
        Binding([.character("t")], .request, hint: "same request", "Show what was done by the same request"),
    ]

    private let entry: OperatorAuditEntry
    private var reader = Reader()
    private var size = Size(columns: 80, rows: 20)
    private var scope: Scope?

    package init(_ entry: OperatorAuditEntry) { self.entry = entry }

    package var title: String { entry.action }

    package func can(_ command: Command, _ scope: Scope) -> Bool {
        switch command {
        case .actor, .subject: true
        case .request: entry.requestID != nil
        }
    }

    package mutating func appear(_ context: inout ScreenContext) {
        scope = context.scope
        layOut()
    }

    package mutating func perform(_ command: Command, _ context: inout ScreenContext) {
        switch command {
        case .actor: show("actor:", entry.actorName, &context)
        case .subject: show("subject:", entry.subject, &context)
        case .request: show("", entry.requestID ?? "", &context)
        }
    }

    private func show(_ key: String, _ value: String, _ context: inout ScreenContext) {
        guard let value = QueryText.quoted(value) else {
            context.say("No filter can hold this name: / filters by a part of it", .caution)
            return
        }
        context.show(.audit, query: key + value)
    }

    package mutating func move(_ move: Move, _ context: inout ScreenContext) { reader.move(move) }
    package mutating func resize(_ size: Size) {
        self.size = size
        layOut()
    }

    // MARK: What it tells

    private mutating func layOut() {
        reader.resize(rows: size.rows)
        guard let scope else { return }
        let width = min(160, max(1, size.columns - 2))
        var document = Document(width: width, charset: scope.charset)
        FactList(facts: facts).add(to: &document)
        addChange(to: &document)
        document.title(
            "Its place", note: "\(entry.isOfInstallation ? "the installation's" : "the organisation's") chain")
        FactList(facts: [
            NamedFact("place", Formats.count(Int(entry.position))), NamedFact("hash", entry.hash, .quiet),
            NamedFact("identifier", entry.id.lowercase, .quiet),
        ]).add(to: &document)
        reader.show(document)
    }

    private var facts: [NamedFact] {
        [
            NamedFact("outcome", entry.outcome.rawValue + entry.timesWords, entry.outcome.ink),
            NamedFact("when", Formats.full(entry.createdAt)),
            NamedFact("action", entry.action, .strong), NamedFact("to what", entry.subject), .divider,
            NamedFact("who", entry.actorWords, .strong), NamedFact("as", entry.actorRole ?? "nobody that is known"),
            NamedFact("key", entry.actorKeyID?.lowercase ?? "none was shown", .quiet),
            NamedFact("from", entry.address ?? "not known"), NamedFact("request", entry.requestID ?? "none", .quiet),
        ]
    }

    /// Before and after: what differs, or the one that there is.
    private func addChange(to document: inout Document) {
        switch (entry.before, entry.after) {
        case (nil, nil): document.section("Changed", "It changed nothing that is kept.", .quiet)
        case (nil, let after?):
            document.section("After", AuditFacts.lines(of: after).joined(separator: "\n"))
        case (let before?, nil):
            document.section("Before", AuditFacts.lines(of: before).joined(separator: "\n"))
        case (let before?, let after?):
            document.title("Before and after")
            let diff = TextDiff(
                from: AuditFacts.lines(of: before).joined(separator: "\n"),
                to: AuditFacts.lines(of: after).joined(separator: "\n"))
            let picture = DiffDocument(diff, width: document.width, charset: document.charset, isUnfolded: true)
            for line in picture.document.lines { document.line(line.spans) }
        }
    }

    package func draw(into frame: inout Frame, _ area: Area, _ scope: Scope) {
        reader.draw(into: &frame, Area(rows: area.rows, columns: area.right(of: 1).columns))
    }

    package func address(_ scope: Scope) -> [Segment] {
        [
            Segment(entry.outcome.rawValue, entry.outcome.ink), Segment(entry.subject),
            Segment(reader.position.isEmpty ? Formats.dayAndTime(entry.createdAt) : reader.position),
        ]
    }

    package func explanation(_ scope: Scope) -> Explanation? { entry.explanation(scope) }
    package func copies(_ scope: Scope) -> [Copy] { entry.copies }

    package func sheet(_ scope: Scope) -> Sheet? {
        Sheet(
            titles: ["FACT", "VALUE"], rows: facts.filter { !$0.label.isEmpty }.map { [$0.label, $0.value] },
            json: Sheet.json(entry))
    }
}
