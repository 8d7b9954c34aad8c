package import FoundationEssentials
internal import Tenancy
internal import Terminal
package import WireAPI

/// What can be done to executions, from every screen that shows some.
package enum ExecutionAction: Sendable, Hashable {
    case runAgain(OperatorRunAgain.Version)
    /// Asks for tags.
    case tag
    /// The tags as they were typed.
    case changeTags(String)
    case undoTags(of: UUID, OperatorTagChange)
    /// Asks on which scale.
    case label
    case labelOn(OperatorScale)
    /// What had to be typed was typed.
    case agreed(toPlan: UUID)
    case undoPlan(UUID, token: String)

    /// The keys, for the screens that show executions.
    package static func bindings<Command: Sendable & Hashable>(
        _ command: (ExecutionAction) -> Command
    ) -> [Binding<Command>] {
        [
            Binding(
                [.character("R")], command(.runAgain(.same)), hint: "run again",
                "Run again, the same version, and open the result", .action,
                needs: .evaluatorExecute),
            Binding(
                [.character("C")], command(.runAgain(.current)),
                "Run again with the current version", .action, needs: .evaluatorExecute),
            Binding(
                [.character("T")], command(.tag), hint: "tag", "Give tags, or take them with a - in front", .action,
                needs: .executionLogTag),
            Binding(
                [.character("L")], command(.label),
                "Label it, or the marked ones one after the other, with single keys", .action,
                needs: .annotationCreate),
        ]
    }
}

/// Tags as they are typed: those with a `-` in front are taken away.
struct TagWords: Sendable, Hashable {
    /// The longest tag that the server takes.
    private static let longest = 1000

    let change: OperatorTagChange

    /// Reads words; quotes hold one together.
    init(_ text: String) throws(Query.Problem) {
        var add: [String] = []
        var remove: [String] = []
        for word in QueryText(text).words {
            let isTaken = word.hasPrefix("-")
            let tag = word.dropFirst(isTaken ? 1 : 0).filter { $0 != "\"" }
            guard !tag.isEmpty else { throw Query.Problem("a tag is missing behind \(word)") }
            guard tag.unicodeScalars.count <= Self.longest else {
                throw Query.Problem("a tag has at most 1,000 characters")
            }
            if isTaken { remove.append(tag) } else { add.append(tag) }
        }
        guard !add.isEmpty || !remove.isEmpty else { throw Query.Problem("type a tag") }
        if let both = add.first(where: remove.contains) { throw Query.Problem("\(both) is both given and taken") }
        change = OperatorTagChange(add: add, remove: remove)
    }

    /// What is wrong with a text for a number of executions, `nil` when it can be taken.
    static func problem(_ text: String, count: Int) -> String? {
        do {
            let change = try TagWords(text).change
            let isBoth = !change.add.isEmpty && !change.remove.isEmpty
            return count > 1 && isBoth ? "For several: give tags, or take them, not both at once" : nil
        } catch {
            return error.message
        }
    }
}
