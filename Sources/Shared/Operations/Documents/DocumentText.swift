internal import FoundationEssentials
internal import JSON
internal import Scoring
internal import Tenancy
internal import YAML

/// Documents as people read them: comments on top, then one field under the other.
enum DocumentText {
    /// What the field of an item are for.
    private static func guide(_ kind: ItemKind) -> [String] {
        switch kind {
        case .evaluator:
            [
                "kind, id and version say what this is. A field that is left out has its default.",
                "  intent     what is measured, in words; other words make a new objective",
                "  criteria   how it is measured; {{request}}, {{response}}, {{contexts}}, {{expected_output}}, {{turns}}",
                "             and {{tools}} are filled at execution, any other {{name}} is a variable of the caller's",
                "  code       instead of criteria, what is done without a model: its kind and the options of that",
                "  variables  names of variables beyond those that the criteria use",
                "  models     the first is asked, the others are its fall-backs; none is the server's default",
                "  behavior   \(EvaluatorBehavior.allCases.map(\.rawValue).joined(separator: ", "))",
                "Text of several lines stands indented below a |.",
            ]
        case .judge:
            [
                "kind, id and version say what this is. A field that is left out has its default.",
                "  visibility  \(Visibility.allCases.map(\.rawValue).joined(separator: ", "))",
                "  evaluators  each by name, id or both; with a version it is kept to, without the latest is used",
                "Text of several lines stands indented below a |.",
            ]
        }
    }

    /// A version of an item to be edited or only read.
    static func edited(
        _ item: ItemSummary, at version: VersionSummary, origin: ItemOrigin, _ members: [YAMLEntry]
    ) -> String {
        var lines = [
            "Version \(version.number) of \(moment(version.createdAt)) by \(version.author.fullName)."
                + (version.id == item.version.id ? "" : " The current one is \(item.version.number).")
        ]
        switch origin {
        case .own:
            lines.append("Saving makes version \(item.versionCount + 1); what was executed before stays as it is.")
        case .preset: lines.append("It is built in and cannot be changed; saved as a new one it is a copy of your own.")
        case .published:
            lines.append(
                "It belongs to somebody else and cannot be changed; saved as a new one it is a copy of your own.")
        }
        return comments(lines + guide(item.kind)) + exported(item, at: version, members)
    }

    /// A version of an item without comments.
    static func exported(_ item: ItemSummary, at version: VersionSummary, _ members: [YAMLEntry]) -> String {
        var identity: [YAMLEntry] = []
        identity.add("kind", item.kind.rawValue)
        identity.add("id", EntityID<ItemSummary>(uuid: item.id).description)
        identity.add("version", version.number)
        return YAMLWriter.text(of: .mapping(identity + members))
    }

    /// The form of a new item.
    static func form(_ kind: ItemKind) -> String {
        let fields =
            switch kind {
            case .evaluator:
                """
                kind: evaluator
                name: ""
                intent: |-

                criteria: |-

                variables: []
                models: []
                behavior: \(EvaluatorBehavior.balanced.rawValue)
                change_note: ""

                """
            case .judge:
                """
                kind: judge
                name: ""
                visibility: \(Visibility.private.rawValue)
                intent: |-

                stage: ""
                evaluators: []
                change_note: ""

                """
            }
        return comments(["A new \(kind.rawValue)."] + guide(kind)) + fields
    }

    /// Several documents as one text.
    static func joined(_ documents: [String]) -> String { documents.joined(separator: "---\n") }

    private static func comments(_ lines: [String]) -> String {
        lines.map { line in
            // What people call themselves must not end the comment.
            let scalars = line.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
            return "# \(String(scalars))\n"
        }.joined()
    }

    /// To the minute, in UTC.
    private static func moment(_ date: Date) -> String {
        let text = ISO8601.string(date) ?? ""
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }
}
