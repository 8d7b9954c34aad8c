import FoundationEssentials
import Tenancy
import Terminal
import WireAPI

extension OperatorUser: Identifiable {
    /// What people call them: an address, or of a program its name.
    var label: String { kind == .person ? email : fullName }

    /// Whether they get in, as a word and its colour.
    var standing: Segment {
        state == .active ? Segment("active", .good) : Segment("disabled", .bad)
    }

    /// What is open for them, in a sentence.
    var access: String {
        "\(Counted.sessions(openSessions)), \(Counted.keys(usableKeys))"
            + (projectGrants > 0 ? ", more in \(Counted.projects(projectGrants))" : "")
    }

    /// When they were there last.
    func lastSeen(_ scope: Scope) -> String {
        guard kind == .person else { return "-" }
        return lastSignInAt.map { ItemFigures.age($0, scope) } ?? "never"
    }

    func explanation(_ scope: Scope) -> Explanation {
        let definition =
            kind == .person
            ? "A person of the organisation. Nobody is deleted: who goes is deactivated, and stays the author of what they made."
            : "A program with keys of its own. It has no password, and stays when whoever made it goes."
        var text = Explanation(label, definition: definition)
            .value("\(standing.text), \(role): \(access)", standing.ink)
        if let disabledAt {
            text = text.why(
                "Deactivated \(Formats.full(disabledAt)): no session, key or link of theirs opens anything.")
        } else if kind == .person, !hasSecondFactor, hasPassword {
            text = text.why("No second factor: whoever learns the password is in. They enrol one in their profile.")
        }
        return text.adding("Role", "What it allows: Tab goes on to the table of roles.")
            .source("The server's list of people; sessions and keys are counted now.")
    }

    var reference: OperatorPerson { OperatorPerson(id: id, email: email, fullName: fullName) }

    var copies: [Copy] {
        [Copy("i", "identifier", id.lowercase), Copy("n", "name", fullName), Copy("a", "address", email)]
    }
}

/// Numbers with the word for what is counted.
enum Counted {
    static func sessions(_ count: Int) -> String { of(count, "session", "sessions") }
    static func keys(_ count: Int) -> String { of(count, "key", "keys") }
    static func projects(_ count: Int) -> String { of(count, "project", "projects") }
    static func people(_ count: Int) -> String { of(count, "person", "people") }

    private static func of(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count == 0 ? "no" : Formats.count(count)) \(count == 1 ? one : many)"
    }
}

extension OperatorBelongings {
    /// What there is of each kind, in a sentence; `nil` for nothing.
    var words: String? {
        let kinds: [(Int, String, String)] = [
            (projects, "project", "projects"), (objectives, "objective", "objectives"),
            (evaluators, "evaluator", "evaluators"), (judges, "judge", "judges"), (models, "model", "models"),
            (datasets, "dataset", "datasets"), (traceFilters, "filter of traces", "filters of traces"),
        ]
        let parts = kinds.filter { $0.0 > 0 }.map { "\(Formats.count($0.0)) \($0.0 == 1 ? $0.1 : $0.2)" }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

/// Roles as the forms offer them.
enum RoleChoice {
    /// Those that somebody may give: nobody gives one above their own.
    static func given(by scope: Scope, inProject: Bool = false) -> [FormField.Choice] {
        Role.allCases.filter { role in
            rank(role.rawValue) <= rank(scope.session?.user.role ?? "")
                && !(inProject && (role == .owner || role == .auditor))
        }.map { FormField.Choice($0.rawValue, "\($0.rawValue): \($0.purpose)") }
    }

    /// Whether somebody may change a person who has a role.
    static func reaches(_ role: String, _ scope: Scope) -> Bool {
        rank(role) <= rank(scope.session?.user.role ?? "")
    }

    /// The place of a role among them, the least first; one that is not known is above all.
    private static func rank(_ name: String) -> Int {
        Role.allCases.firstIndex { $0.rawValue == name } ?? Role.allCases.count
    }
}

extension Role {
    /// What it is for, in a few words.
    var purpose: String {
        switch self {
        case .viewer: "sees what is evaluated"
        case .annotator: "labels what is evaluated"
        case .engineer: "makes evaluators, judges, data and keys"
        case .operator: "runs queues and providers, sees no prompts"
        case .auditor: "reads the audit and nothing else"
        case .admin: "does all of these, and looks after people"
        case .owner: "may do everything"
        }
    }
}
