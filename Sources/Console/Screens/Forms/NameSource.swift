import FoundationEssentials
import WireAPI

/// Where the names of things come from that a field of a form may name, so that they are picked and not remembered.
package struct NameSource: Sendable {
    /// One of the things.
    struct Name: Sendable, Hashable {
        /// As people know it.
        let label: String
        /// What is told of it beside.
        let detail: String
        /// What goes into the field: the name, or the identifier where the name alone does not say which is meant.
        let value: String
        /// `nil` where names are all that there is.
        let id: UUID?

        /// Whether a text in the field names it.
        func isMeant(by text: String) -> Bool { text == value || id.map { $0 == UUID(uuidString: text) } ?? false }
    }

    /// What was found.
    struct Found: Sendable {
        let names: [Name]
        /// Whether more have the text that was asked for.
        let isCut: Bool
    }

    /// Takes the answer to one question.
    typealias Taking = @Sendable (ServerAnswer) -> Result<Found, ServerFailure>?

    /// What they are, in the plural.
    let plural: String
    /// Asks for those that have a text in their name.
    let ask: @Sendable (String, inout ScreenContext) -> Taking
    /// Those that are known without asking.
    let known: Found?

    /// Names of which the server knows those with a text; `names` gives those of an answer, and whether there are more.
    init<Reply>(
        _ plural: String, _ request: @escaping @Sendable (String) -> OperatorRequest<Reply>,
        names: @escaping @Sendable (Reply) -> (things: [Thing], isCut: Bool)
    ) {
        self.plural = plural
        known = nil
        ask = { text, context in
            var awaited = Awaited<Reply>()
            awaited.ask(request(text), delay: text.isEmpty ? .zero : .milliseconds(150), &context)
            let asked = awaited
            return { answer in
                var waiting = asked
                return waiting.take(answer)?.map { reply in
                    let (things, isCut) = names(reply)
                    return Found(names: Self.names(of: things), isCut: isCut)
                }
            }
        }
    }

    /// Names that are known.
    init(_ plural: String, known names: [String]) {
        self.plural = plural
        known = Found(names: Self.names(of: names.map { Thing(nil, $0) }), isCut: false)
        ask = { _, _ in { _ in nil } }
    }

    /// Something that has a name.
    struct Thing: Sendable {
        let id: UUID?
        let name: String
        let detail: String

        init(_ id: UUID?, _ name: String, _ detail: String = "") {
            self.id = id
            self.name = name
            self.detail = detail
        }
    }

    /// A name that two have, or that a field would read as several, does not say which is meant: the identifier does.
    private static func names(of things: [Thing]) -> [Name] {
        let counts = Dictionary(things.map { ($0.name, 1) }, uniquingKeysWith: +)
        return things.map { thing in
            let isClear =
                counts[thing.name] == 1 && !thing.name.contains(",") && thing.name == thing.name.trimmingBlanks
            return Name(
                label: thing.name.singleLine, detail: thing.detail,
                value: isClear ? thing.name : thing.id?.lowercase ?? thing.name, id: thing.id)
        }
    }
}

extension NameSource {
    /// So many are asked for; a text finds the others.
    private static let most = 100

    static let evaluators = items(.evaluator, "evaluators")
    static let judges = items(.judge, "judges")

    private static func items(_ kind: OperatorItemKind, _ plural: String) -> NameSource {
        NameSource(plural) { text in
            var filter = OperatorItemFilter()
            filter.query = text.isEmpty ? nil : text
            return .items(kind, filter, limit: most)
        } names: { page in
            let things = page.results.map { item in
                let score = item.statistics.meanScore.map { ", mean \(Formats.score($0))" } ?? ""
                return Thing(item.id, item.name, item.origin.word + score)
            }
            return (things, page.next != nil)
        }
    }

    static let models = NameSource("models") { _ in
        OperatorRequest<OperatorModelList>.models
    } names: { list in
        (list.results.map { Thing(nil, $0.name, $0.places.first?.name ?? "") }, false)
    }

    /// People who get in, by their addresses.
    static let people = NameSource("people") { text in
        OperatorRequest<OperatorUserPage>.people(
            OperatorUserFilter(text: text.isEmpty ? nil : text, kind: .person, state: .active), limit: most)
    } names: { page in
        (page.results.map { Thing($0.id, $0.email, $0.fullName) }, page.next != nil)
    }

    static let providers = NameSource("providers") { _ in
        OperatorRequest<OperatorProviderList>.providers
    } names: { list in
        (list.results.map { Thing(nil, $0.name, $0.kind) }, false)
    }

    /// The groups of the newest calibration runs, with how many of those are in each.
    static let comparisonGroups = NameSource("groups") { _ in
        OperatorRequest<OperatorCalibrationPage>.calibrations(limit: most)
    } names: { page in
        var counts: [(name: String, count: Int)] = []
        for group in page.results.compactMap(\.comparisonGroup) {
            if let index = counts.firstIndex(where: { $0.name == group }) {
                counts[index].count += 1
            } else {
                counts.append((group, 1))
            }
        }
        return (counts.map { Thing(nil, $0.name, $0.count == 1 ? "1 run" : "\($0.count) runs") }, page.next != nil)
    }
}
